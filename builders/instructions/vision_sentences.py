"""Hand-written sentences of InstructCV's tasks (Gan et al., 2023): detection, depth, classification, white masks on black."""

from __future__ import annotations

from collections.abc import Mapping

NATURAL: dict[str, tuple[str, ...]] = {
    "detect": (
        "draw {boxes} around {what}",
        "put {boxes} around {what}",
        "please draw {boxes} around {what}",
        "add {boxes} around {what}",
        "use {boxes} to mark {what}",
        "use {boxes} to frame {what}",
        "I need {boxes} around {what}",
        "give me {boxes} around {what}",
        "can you put {boxes} around {what}?",
        "show me with {boxes} where to find {what}",
        "draw {boxes} to show where you detect {what}",
        "I would like to see {boxes} around {what}",
    ),
    "depth": (
        "estimate the depth of this scene, from {near} at {start} to {far} at {end}",
        "turn this picture into a depth map that goes from {near} at {start} to {far} at {end}",
        "show how far away everything is, with {near} at {start} and {far} at {end} or more",
        "make a grayscale depth map where {far} means {end} or more",
        "predict how far away every pixel is: the farther, the {farther}, up to {far} at {end}",
        "please render the depth of this scene in gray, the nearer the {nearer}",
        "give me a depth map of this photo, {farther} for things that are farther away",
        "how far away is everything? Show it in shades of gray, {nearer} for what is nearer",
        "draw the depth of the scene in shades of gray, from {near} at {start} to {far} at {end}",
        "convert the photo to a depth image, {nearer} in front and {farther} behind",
        "replace the picture with its depth map, {nearer} gray for what is nearer",
        "I would like a depth map of this image, {farther} where it is farther away",
    ),
    "classify": (
        "if this is {what}, show plain {color}, otherwise plain {other}",
        "is there {what} in the picture? Answer with {color} for yes and {other} for no",
        "turn the whole picture {color} if it shows {what}, and {other} if it does not",
        "fill the image with {color} if you see {what} and with {other} if you do not",
        "paint everything {color} if this is {what}; if not, paint everything {other}",
        "does the photo show {what}? Turn it {color} for yes or {other} for no",
        "show me plain {color} if there is {what} here and plain {other} if there is not",
        "please check for {what}: turn everything {color} if you find one and {other} if you do not",
        "answer with a colour: {color} if this is {what}, {other} if it is something else",
        "make the picture completely {color} if you recognise {what} and completely {other} if you do not",
        "classify the photo: {color} for {what}, {other} for anything else",
        "tell me by colour whether this is {what}: {color} means yes, {other} means no",
    ),
    "segment-mask": (
        "make a black and white mask of {what}",
        "give me a white-on-black mask of {what}",
        "use white for {what} and black for everything else",
        "turn the picture into a binary mask, with white for {what} and black for the rest",
        "segment this in white on a black background: {what}",
        "please draw a white mask of {what} on a black background",
        "turn everything black except {what}, and fill that area with white",
        "paint white over {what} and black over everything else",
        "replace the picture with a black and white mask of {what}",
        "I need a white mask of {what} and nothing but black around it",
        "I would like a binary mask of {what}, white inside and black outside",
        "can you make a mask of {what}? White inside, black outside",
    ),
}
"""Task -> sentences. ``{what}`` is what is asked for, ``{color}`` and ``{other}`` are colours, ``{boxes}`` is ``a red box`` or
``red boxes``, ``{near}`` and ``{far}`` are the shades of a scale's two ends, ``{start}`` and ``{end}``: ``the camera``,
``10 metres``."""
SIMPLE: dict[str, tuple[str, ...]] = {
    "detect": ("object detection: {what}",),
    "depth": ("depth estimation",),
    "classify": ("image classification: {what}",),
    "segment-mask": ("semantic segmentation: {what}",),
}
"""The paper's simple indicators, with fixed colours."""
FIXED: dict[str, tuple[str, ...]] = {
    "detect": ("detect {what}",),
    "depth": ("estimate the depth of this image",),
    "classify": ("show {color} if the picture contains {what}, otherwise show {other}",),
    "segment-mask": ("segment {what}",),
}
"""One sentence a task: InstructCV's first model learnt with fixed prompts, its second with rephrased ones, as :data:`NATURAL` are.
A colour that the sentence does not name is always the same."""


def filled(templates: tuple[str, ...], words: Mapping[str, str]) -> tuple[str, ...]:
    """Every template with its words put in; equal sentences only once."""
    sentences = []
    for template in templates:
        sentence = template
        for name, word in words.items():  # not str.format: a class name may hold braces
            sentence = sentence.replace(f"{{{name}}}", word)
        sentences.append(sentence)
    return tuple(dict.fromkeys(sentences))
