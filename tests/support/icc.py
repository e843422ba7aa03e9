"""Small ICC profiles (version 2, matrix and gamma, or one grey curve), written by the layout that ICC.1:2001 gives."""

import struct

D50 = (0.9642, 1.0, 0.8249)
WIDE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
"""Primaries of a camera's wide RGB, adapted to D50."""
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))


def _fixed(value):
    return struct.pack(">i", round(value * 65536))


def _xyz(values):
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, values))


def _gamma(value):
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(value * 256)) + bytes(2)


def _profile(space, tags):
    tags = [(b"desc", b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(79)), (b"wtpt", _xyz(D50)), *tags]
    table, body, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags:
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    size = start + len(body)
    head = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x02400000, b"mntr", space, b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + b"".join(map(_fixed, D50))
    return head.ljust(128, b"\0") + table + body


def rgb_profile(primaries=WIDE, gamma=2.2):
    """A profile of three primaries and a gamma."""
    names = ((b"rXYZ", b"rTRC"), (b"gXYZ", b"gTRC"), (b"bXYZ", b"bTRC"))
    tags = [
        tag
        for (xyz, curve), values in zip(names, primaries, strict=True)
        for tag in ((xyz, _xyz(values)), (curve, _gamma(gamma)))
    ]
    return _profile(b"RGB ", tags)


def grey_profile(gamma):
    """A profile of grey values."""
    return _profile(b"GRAY", [(b"kTRC", _gamma(gamma))])
