"""See sitecustomize."""

import os
import signal

from ieiw.models.inpaint.noop import Noop


class Hostile(Noop):
    name = "hostile"

    def paint(self, pictures, holes):
        for picture in pictures:
            if picture[..., 0].min() > 230 and picture[..., 1:].max() < 30:
                os.kill(os.getpid(), signal.SIGKILL)
        return super().paint(pictures, holes)
