"""Words: the closed lists that the phrase grammar leans on, plurals, articles, and which words are known at all."""

from __future__ import annotations

import gzip
import importlib.util
from functools import cache
from pathlib import Path

from builders.instructions.nouns import OBJECTS

ARTICLES = frozenset({"a", "an", "the"})
POSSESSIVES = frozenset({"his", "her", "their", "its", "my", "our", "your"})
QUANTIFIERS = frozenset(
    {"some", "all", "both", "several", "many", "few", "each", "every", "any", "no", "another"}
    | {"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
)
DETERMINERS = ARTICLES | POSSESSIVES | QUANTIFIERS | {"this", "that", "these", "those"}
PREPOSITIONS = frozenset(
    """
    in on at with without behind under underneath beneath below above over by near beside between against from of to
    into onto inside outside across along around through among atop off towards toward beyond within amongst past
    about for up down
    """.split()
)
LOOSE_ENDS = PREPOSITIONS - {"up", "down", "inside", "outside"}
"""A phrase that ends with one of these was cut off (``plate with food on``)."""
COMPOUND_PREPOSITIONS = (("next", "to"), ("close", "to"), ("in", "front", "of"), ("on", "top", "of"), ("out", "of"))
PRONOUNS = frozenset(
    {"it", "him", "them", "us", "me", "you", "everyone", "something", "someone", "everything", "each", "other"}
)
RELATIVES = frozenset({"that", "which", "who"})
UNIQUE = frozenset(
    """
    furthest farthest closest nearest rightmost leftmost topmost bottommost uppermost other first second third last
    only biggest largest smallest tallest shortest oldest youngest entire whole middle same highest lowest brightest
    lightest longest
    """.split()
)
"""With these a person says ``the``, in an addition too."""
POSITIONS = {
    "left": "on the left",
    "right": "on the right",
    "far left": "on the far left",
    "far right": "on the far right",
    "middle": "in the middle",
    "center": "in the center",
    "centre": "in the centre",
    "top": "at the top",
    "bottom": "at the bottom",
    "front": "in the front",
    "back": "in the back",
    "upper left": "in the upper left",
    "upper right": "in the upper right",
    "lower left": "in the lower left",
    "lower right": "in the lower right",
    "top left": "in the top left",
    "top right": "in the top right",
    "bottom left": "in the bottom left",
    "bottom right": "in the bottom right",
    "left bottom": "in the bottom left",
    "right bottom": "in the bottom right",
    "left top": "in the top left",
    "right top": "in the top right",
    "front right": "in the front right",
    "front left": "in the front left",
    "back left": "in the back left",
    "back right": "in the back right",
}
"""How telegraphic positions (``guy right``, ``top right guy``) are said in a sentence."""
PLACES = frozenset(
    """
    left right middle center centre top bottom front back background foreground distance corner side rear air end edge
    """.split()
)
COLOURS = frozenset(
    """
    black white red green blue yellow brown orange purple pink gray grey tan beige gold silver maroon turquoise teal
    navy dark light bright blond blonde violet cyan
    """.split()
)
MASS = frozenset(
    """
    water grass snow sand food rice hair fur dirt gravel bread cheese meat fruit furniture luggage equipment wood
    metal plastic leather lettuce salad foliage vegetation jewelry clothing traffic fabric smoke fire ice soup sauce
    pasta broccoli corn mud paper graffiti denim lace cloth straw hay butter cream chocolate coffee tea milk wine beer
    juice sugar stuff shade sunlight light silverware cutlery shrubbery greenery baggage makeup lipstick concrete
    asphalt moss ivy debris garbage trash
    """.split()
)
WORN = frozenset(
    """
    shirt t-shirt tshirt blouse jacket coat sweater sweatshirt hoodie hoody dress skirt suit vest camisole top jersey
    uniform jeans pants shorts trousers robe gown apron tie outfit sock shoe sneaker boot sandal glove belt sleeve
    collar hat cap helmet scarf glass sunglasses glasses goggles wetsuit swimsuit bikini kimono overalls tank polo
    watch
    """.split()
)
"""What a person wears; ``glass`` only as ``glasses``."""
BODY = frozenset(
    """
    hand arm leg foot head face hair beard goatee mustache moustache eye ear nose mouth finger thumb knee elbow
    shoulder chest neck back torso body teeth tooth skin wrist ankle lip chin forehead tail paw fur mane snout beak
    wing hoof horn tusk trunk
    """.split()
)
NO_SHAPE = frozenset(
    {"dot", "stripe", "area", "part", "space", "thing", "stuff", "spot", "piece", "corner", "side", "reflection"}
)
"""Heads that name no object one could see gone."""
PEOPLE = frozenset(
    {"dude", "guy", "lady", "man", "woman", "boy", "girl", "kid", "child", "person", "gentleman", "player", "people"}
)
UNKIND = frozenset({"fat", "ugly", "fatty", "darkest", "chubby", "skinny", "stupid", "bald-headed", "creepy", "weird"})
FINITE = frozenset(
    """
    is are was were has have had can cant cannot can't could will would does do be been not isn't doesn't seen looks
    or n but if because so just really only pic clock o'clock pm am yes no please maybe lol sorry i we they he she
    """.split()
)
"""Words of sentences and of chat, not of noun phrases."""

_IRREGULAR = {
    "man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet", "tooth": "teeth",
    "mouse": "mice", "goose": "geese", "knife": "knives", "leaf": "leaves", "shelf": "shelves", "loaf": "loaves",
    "wolf": "wolves", "calf": "calves", "half": "halves", "life": "lives", "wife": "wives", "scarf": "scarves",
    "hoof": "hooves", "ox": "oxen", "cactus": "cacti", "potato": "potatoes", "tomato": "tomatoes", "mango": "mangoes",
    "gentleman": "gentlemen", "snowman": "snowmen", "fireman": "firemen", "cookie": "cookies", "movie": "movies",
    "selfie": "selfies", "hoodie": "hoodies", "tie": "ties", "pie": "pies", "policeman": "policemen",
    "fisherman": "fishermen", "businessman": "businessmen", "thief": "thieves",
}  # fmt: skip
_SINGULAR = {plural: singular for singular, plural in _IRREGULAR.items()}
_ALIKE = frozenset(
    {"sheep", "deer", "fish", "aircraft", "moose", "series", "species", "bison", "buffalo", "squid", "offspring"}
)
_PAIRS = frozenset(
    """
    pants jeans shorts glasses sunglasses goggles scissors trousers binoculars headphones tongs overalls pliers
    leggings clothes stairs tights pajamas blinds skis
    """.split()
)
_NOT_PLURAL = frozenset(
    """
    across actress apparatus asparagus bass boss brass bus cactus campus canvas chess christmas circus class compass
    cross dress fortress gas glass grass harness hibiscus hippopotamus his iris its lens less mattress mess moss
    necklass news octopus plus princess rhinoceros surplus swiss tennis this us waitress walrus wireless
    """.split()
)
_VOWEL_SOUND = ("hour", "honest", "heir", "honor", "x-ray")
_CONSONANT_SOUND = ("uni", "use", "usu", "euro", "one", "once", "ufo", "u-", "ukulele", "unif", "utensil", "usb")
_VOWEL_EVEN_SO = ("unin", "unid", "unim", "unan")


def is_plural(noun: str) -> bool:
    """Whether a noun is in its plural form; ``sheep`` counts as singular."""
    if noun in _SINGULAR or noun in _PAIRS or noun in {"people", "cattle", "police"}:
        return True
    return (
        len(noun) > 2
        and noun.endswith("s")
        and not noun.endswith("ss")
        and noun not in _NOT_PLURAL
        and noun not in _ALIKE
    )


def singular(noun: str) -> str:
    """The singular of a plural noun; other words unchanged."""
    if noun in _SINGULAR:
        return _SINGULAR[noun]
    if not is_plural(noun) or noun in _PAIRS:
        return noun
    for ending, instead in (
        ("ies", "y"),
        ("sses", "ss"),
        ("shes", "sh"),
        ("ches", "ch"),
        ("xes", "x"),
        ("buses", "bus"),
    ):
        if noun.endswith(ending) and len(noun) > len(ending) + 1:
            return noun.removesuffix(ending) + instead
    return noun[:-1]


def plural(noun: str) -> str:
    """The plural of a singular noun; plurals unchanged."""
    if is_plural(noun) or noun in _ALIKE or noun in MASS:
        return noun
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and len(noun) > 1 and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def article(word: str) -> str:
    """``a`` or ``an``, by how the next word sounds."""
    if word.startswith(_VOWEL_SOUND):
        return "an"
    if word.startswith(_CONSONANT_SOUND) and not word.startswith(_VOWEL_EVEN_SO):
        return "a"
    return "an" if word[:1] in "aeiou" else "a"


@cache
def _vocabulary() -> frozenset[str]:
    """Words that CLIP's tokenizer holds whole, from the vocabulary inside the installed open_clip package.

    A word that it has to spell out of pieces is most often misspelt, and the text encoder we train with reads by it.

    Raises:
        ModuleNotFoundError: open_clip_torch, a requirement of this project, is not installed.
    """
    found = importlib.util.find_spec("open_clip")  # found, not imported: importing it would load torch
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(
            "open_clip_torch is not installed; its CLIP vocabulary tells known words from misspelt ones"
        )
    file = Path(found.submodule_search_locations[0]) / "bpe_simple_vocab_16e6.txt.gz"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        next(lines)  # a line about the file's version
        merges = [line.split() for _, line in zip(range(48_894), lines, strict=False)]
    whole = (left + right for left, right in (merge for merge in merges if len(merge) == 2) if right.endswith("</w>"))
    return frozenset(word.removesuffix("</w>") for word in whole)


@cache
def is_known(word: str) -> bool:
    """Whether a lower-case word is an English word as far as can be told: itself, its base form, or its two halves."""
    word = word.removesuffix("'s")
    if "-" in word:
        return all(is_known(part) for part in word.split("-") if part)
    closed = OBJECTS | DETERMINERS | PREPOSITIONS | PRONOUNS | WORN | BODY | COLOURS | MASS | PEOPLE | UNIQUE
    if word in closed or singular(word) in closed:
        return True
    known = _vocabulary()
    if len(word) > 2 and any(form in known for form in _forms(word)):
        return True
    return any(
        len(word) - cut >= 4 and cut >= 4 and word[:cut] in known and word[cut:] in known
        for cut in range(4, len(word) - 3)
    )


def _forms(word: str) -> set[str]:
    forms = {word, singular(word)}
    for ending, instead in (
        ("ing", ""),
        ("ing", "e"),
        ("ed", ""),
        ("ed", "e"),
        ("er", ""),
        ("est", ""),
        ("est", "e"),
        ("y", ""),
    ):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            forms.add(word.removesuffix(ending) + instead)
            stem = word.removesuffix(ending)
            if stem[-1] == stem[-2]:
                forms.add(stem[:-1])
    return forms
