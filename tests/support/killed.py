"""Work that is killed at a file that it publishes, in the test's own process."""

from ieiw.triplets.storage.folder import FolderStore


class Killed(BaseException):
    """Nobody catches it."""


def killed_at(monkeypatch, number, after):
    """Let publishing end in a kill, the ``number``-th time, before or after the file is there."""
    real, left = FolderStore.publish, [number]

    def publish(self, name, file):
        left[0] -= 1
        if left[0] == 0 and not after:
            raise Killed
        real(self, name, file)
        if left[0] == 0:
            raise Killed

    monkeypatch.setattr(FolderStore, "publish", publish)


def undone(monkeypatch, number, after, work):
    """Do the work and be killed; whether there was something to be killed at."""
    with monkeypatch.context() as patch:
        killed_at(patch, number, after)
        try:
            work()
        except Killed:
            return True
    return False
