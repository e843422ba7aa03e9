"""Hand-written sentences of InstructCV's tasks (Gan et al., 2023): detection, depth, classification, white masks on black."""

from __future__ import annotations

from collections.abc import Mapping

NATURAL: dict[str, tuple[str, ...]] = {
    "detect": (
        "draw {color} boxes around {what}",
        "put {color} bounding boxes around {what}",
        "detect {what} and mark each with a box in {color}",
        "outline {what} with {color} boxes",
        "find {what} and draw a box in {color} around each one",
        "please frame {what} in {color}, one box each",
        "where in the picture are {what}? Put {color} boxes around them",
        "locate {what} and show {color} bounding boxes",
        "mark {what} with {color} rectangles",
        "I need {color} boxes around {what}",
        "enclose {what} in {color} rectangles, one for each",
        "show me {what} by drawing {color} frames around them",
    ),
    "depth": (
        "estimate the depth of this scene: {near} is near, {far} is {metres} metres away or more",
        "turn this picture into a depth map, {near} for what is closest and {far} for {metres} metres",
        "show how far away everything is, from {near} (near) to {far} (far)",
        "make a grayscale depth map where {far} means {metres} metres or more",
        "predict the distance of every pixel, {farther} the farther away, {far} from {metres} metres on",
        "please render the depth of this scene in gray, the nearer the {nearer}",
        "give me the depth map of this photo, the farther the closer to {far}",
        "how far is each point? The nearer, the closer its gray to {near}",
        "draw the depth of the scene in shades of gray, from {near} at the camera to {far} at {metres} metres",
        "convert the photo to a depth image, {nearer} in front and {farther} behind",
        "replace the picture by its depth map, {nearer} gray for what is nearer",
        "I would like a depth map of this image, {farther} where it is farther away",
    ),
    "classify": (
        "if this is {what}, show plain {color}, otherwise plain {other}",
        "is there {what} in the picture? Answer with {color} for yes, {other} for no",
        "turn the whole picture {color} if it shows {what}, else {other}",
        "fill the image with {color} when you see {what} and with {other} when you do not",
        "paint everything {color} if the animal is {what}; if not, paint everything {other}",
        "does the photo show {what}? {color} means yes and {other} means no",
        "show a {color} picture if there is {what} here and a picture in {other} if there is none",
        "please check for {what}: all {color} if present, all {other} if absent",
        "answer by colour: {color} if this is {what}, {other} if it is something else",
        "make the picture completely {color} if you recognise {what}, completely {other} if you do not",
        "classify the photo: {color} for {what}, {other} for anything else",
        "tell me by colour whether this is {what}: yes is {color}, no is {other}",
    ),
    "segment-mask": (
        "show {what} in white and everything else in black",
        "make a black and white mask of {what}",
        "segment {what}: white inside, black outside",
        "turn the picture into a binary mask with {what} in white",
        "paint {what} white on a black background",
        "give me a mask of {what}, white on black",
        "please segment {what} and return a black picture with the region in white",
        "mark {what} in white and black out the rest",
        "replace the picture by a mask that is white where {what} can be seen",
        "extract {what} as a white area on black",
        "I need a white mask of {what} on a black background",
        "where in the picture do you see {what}? White for yes, black for no",
    ),
}
"""Task -> sentences. ``{what}`` is what is asked for, ``{color}`` and ``{other}`` are colours, ``{near}`` and ``{far}`` shades."""
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
