"""Work that is killed at a file that it publishes or creates, in the test's own process."""

from ieiw.triplets.storage.folder import FolderStore


class Killed(BaseException):
    """Nobody catches it."""


def killed_at(monkeypatch, number, after):
    """Let publishing or creating end in a kill, the ``number``-th time, before or after the file is there."""
    left = [number]

    def deadly(real):
        def call(self, name, content):
            left[0] -= 1
            if left[0] == 0 and not after:
                raise Killed
            done = real(self, name, content)
            if left[0] == 0:
                raise Killed
            return done

        return call

    for name in ("publish", "create"):
        monkeypatch.setattr(FolderStore, name, deadly(getattr(FolderStore, name)))


def undone(monkeypatch, number, after, work):
    """Do the work and be killed; whether there was something to be killed at."""
    with monkeypatch.context() as patch:
        killed_at(patch, number, after)
        try:
            work()
        except Killed:
            return True
    return False
