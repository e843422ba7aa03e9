"""Small damage to annotation files: a JSON value with some of its parts dropped, swapped for odd ones, repeated or renamed."""

import copy
import json
import pickle

ODD = (
    None, True, 0, -1, 2.5, 1e308, 10**30, 2**31, -(2**63) - 1, float("nan"), float("inf"), "", " ", "7", "a\0b.jpg", "\ud800",
    "../../etc/passwd", "/etc/passwd", "http://127.0.0.1/a.jpg", "{object} %s", "x" * 300, [], {}, [[]], [None], [{}], [1, 2],
    [[1, 2], [3]], {"": None}, {"a": {"b": [1]}},
)  # fmt: skip
"""What stands where something else should."""


def mutated(value, dice):
    """A copy with one to three changes.

    Args:
        value: JSON values; a list or an object outermost.
        dice: ``random.Random``.
    """
    value = copy.deepcopy(value)
    for _ in range(dice.choice((1, 1, 2, 3))):
        place = _place(value, dice)
        if place:
            _change(*place, dice)
    return value


def damaged(data, is_pickle, dice):
    """The bytes of an annotation file, its values mutated; now and then its bytes are damaged instead."""
    if is_pickle:
        return pickle.dumps(mutated(pickle.loads(data), dice), dice.choice(range(6)))
    if dice.random() < 0.08:
        cut = dice.randrange(len(data) + 1)
        return dice.choice((data[:cut], b"\xef\xbb\xbf" + data, data[:cut] + b"\xff" + data[cut:], data + data))
    return json.dumps(mutated(json.loads(data), dice)).encode()


def _place(value, dice):
    """A random container below and a key in it, mostly deep down; None where all is empty."""
    found = None
    while isinstance(value, dict | list) and value and (found is None or dice.random() < 0.85):
        key = dice.choice(list(value)) if isinstance(value, dict) else dice.randrange(len(value))
        found, value = (value, key), value[key]
    return found


def _change(holder, key, dice):
    value, kind = (
        holder[key],
        dice.choice(("odd", "odd", "odd", "drop", "again", "text", "wrap", "rename", "sign", "cut")),
    )
    if kind == "odd":
        holder[key] = copy.deepcopy(dice.choice(ODD))
    elif kind == "drop":
        del holder[key]
    elif kind == "again" and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(value))
    elif kind == "rename" and isinstance(holder, dict):
        holder[dice.choice(("", "é", "../x", "1", "\0"))] = holder.pop(key)
    elif kind == "text":
        holder[key] = str(value)
    elif kind == "wrap":
        holder[key] = [value] if dice.random() < 0.5 else {"v": value}
    elif kind == "sign" and type(value) in (int, float):
        holder[key] = -value
    elif kind == "cut" and isinstance(value, list | str):
        holder[key] = value[: len(value) // 2]
