"""Whether two names mean the same thing, or one of them a kind of the other: ``person`` and ``man``, ``puppy`` and ``dog``."""

from __future__ import annotations

from functools import cache

from ieiw.builders.instructions.classes import class_name
from ieiw.builders.instructions.coco_nouns import CLASS_OF
from ieiw.builders.instructions.words import singular

_ALIKE = """
car automobile|couch sofa loveseat settee|television tv|phone telephone cellphone smartphone|donut doughnut|bicycle bike
motorcycle motorbike bike scooter moped|airplane plane aeroplane jet airliner jetliner biplane seaplane aircraft|mug cup
refrigerator fridge freezer|faucet tap|bush shrub|flower bouquet|rabbit bunny hare|burger hamburger cheeseburger|hat cap
statue sculpture bust figurine|stove oven cooker|rug carpet mat|painting picture photo photograph poster|plate dish platter saucer
glasses eyeglasses spectacles sunglasses goggles|man guy dude gentleman|woman lady|child kid boy girl toddler baby|boat ship
turtle tortoise|bookcase bookshelf shelf|rat mouse|kitten kitty|suitcase luggage baggage briefcase|handbag purse bag
cabinet cupboard closet wardrobe dresser sideboard|chicken hen rooster|pig hog boar|monkey ape chimpanzee|donkey mule
shoe sneaker boot sandal|coat jacket|shirt t-shirt blouse top|lamp light lantern|clock watch|gun pistol rifle handgun shotgun
sword dagger knife|sign billboard signboard|house home building cottage cabin hut|cow bull calf cattle ox|computer laptop
television monitor screen|sheep lamb ram goat|crocodile alligator|truck lorry pickup van|cake cupcake dessert|pastry pie tart
trash-can bin dustbin container|streetlight streetlamp lamppost|chair armchair stool seat recliner|pot pan|jar jug pitcher
glass tumbler cup|bottle flask|box crate carton|towel cloth napkin|tiger cheetah leopard jaguar|deer antelope moose elk|seal otter
""".replace("\n", "|")
_KINDS = """
vehicle car van bus truck lorry train motorcycle motorbike bicycle bike ambulance tractor cart taxi boat airplane aircraft
car sedan taxi cab minivan suv limousine|aircraft helicopter airplane|watercraft boat ship canoe kayak
boat gondola yacht barge
furniture chair table desk bed bench cabinet cupboard shelf bookcase stool wardrobe dresser nightstand sideboard couch sofa
bag backpack rucksack satchel|fish goldfish shark salmon|flower rose lily tulip daisy sunflower lavender orchid
plant houseplant tree bush shrub flower flowerpot fern cactus|tree willow maple palm
building skyscraper tower church castle lighthouse
hat fedora sombrero helmet|ball football volleyball basketball baseball|weapon gun rifle handgun shotgun sword dagger cannon bomb
insect bee ant beetle butterfly fly ladybug dragonfly caterpillar moth wasp|reptile lizard crocodile alligator snake turtle dinosaur
fruit apple orange banana lemon pear peach grape strawberry mango pineapple watermelon grapefruit pomegranate coconut fig melon
vegetable carrot broccoli cabbage cucumber tomato potato radish zucchini pumpkin pepper artichoke asparagus
food fruit vegetable pizza cake sandwich bread meal dish snack dessert salad taco burrito pasta sushi hamburger|toy doll ball
bird eagle falcon sparrow penguin ostrich woodpecker raven canary magpie turkey jay duck goose swan owl parrot chicken
animal mammal carnivore fox tiger lion rabbit squirrel raccoon monkey deer camel kangaroo koala panda pig goat
animal mouse hamster hedgehog
mammal dog cat horse sheep cow elephant bear zebra giraffe fox tiger lion rabbit squirrel raccoon monkey deer camel kangaroo
carnivore dog cat bear tiger lion fox leopard cheetah|invertebrate insect spider snail worm crab
shellfish lobster oyster crab shrimp
animal leopard cheetah otter lynx skunk rhinoceros hippopotamus whale dolphin turtle frog snake lizard crocodile fish insect
clothing shirt dress suit jacket coat skirt jeans trousers|instrument guitar piano violin drum trumpet saxophone flute cello harp
equipment ball racket bat|tool hammer wrench screwdriver chisel axe|appliance oven microwave toaster blender refrigerator
person human adult|footwear shoe boot sandal sneaker|drink coffee tea juice milk wine beer cocktail|container box bottle jar barrel
""".replace("\n", "|")
_OPPOSED = (
    (
        frozenset("man guy gentleman dude boy dad father grandpa policeman fireman groom waiter".split()),
        frozenset("woman lady girl mom mother grandma bride waitress chick".split()),
    ),
    (
        frozenset("boy girl kid child baby toddler teenager".split()),
        frozenset("man woman guy gentleman lady dude mom mother dad father grandpa grandma bride groom adult".split()),
    ),
)
"""Persons that nobody takes for one another."""
_BIRD = "bird"
_APART = frozenset(
    {"hot dog", "teddy bear", "wine glass", "stop sign", "traffic light", "hair drier", "hair dryer", "fire hydrant"}
)
"""Names that end in the name of another thing and mean no kind of it."""


def same_thing(one: str, two: str) -> bool:
    """Whether two names (``dog``, ``slice of pizza``) may be said of one thing; doubt counts as the same."""
    if " of " in f"{one}{two}":
        return any(same_thing(a, b) for a in one.split(" of ") for b in two.split(" of "))
    first, second = _one(one), _one(two)
    if first == second:
        return True
    if any((first in a and second in b) or (first in b and second in a) for a, b in _OPPOSED):
        return False
    if {first, second} & _APART:
        return CLASS_OF.get(first, "first") == CLASS_OF.get(second, "second")
    compound, plain = (first, second) if " " in first else (second, first)
    if " " in compound and " " not in plain and compound not in CLASS_OF:  # brick house, building
        return same_thing(compound.split()[-1], plain)
    ends = first.endswith(f" {second}") or second.endswith(f" {first}")
    return ends or _listed(first, second) or _classed(first, second) or _named_for(first, second)


def is_kind_of(name: str, kind: str) -> bool:
    """Whether a name is that of a kind of another: a man of a person, a car of a vehicle; false for the same name."""
    first, second = _one(name), _one(kind)
    listed = any(second == general and first in names for general, names in _kinds())
    mine, yours = CLASS_OF.get(first, ("", "")), CLASS_OF.get(second, ("", ""))
    classed = bool(mine[0]) and mine[0] == yours[0] and second in {yours[1], yours[0]}
    return first != second and (listed or classed and mine[1] == (yours[1] or mine[1]) or first.endswith(f" {second}"))


def _one(name: str) -> str:
    *before, head = name.lower().split()
    return " ".join((*before, singular(head)))


def _listed(first: str, second: str) -> bool:
    return any({first, second} <= names for names in _groups()) or any(
        (first == kind and second in names) or (second == kind and first in names) for kind, names in _kinds()
    )


def _classed(first: str, second: str) -> bool:
    """Whether COCO has them in one class; kinds of birds look unlike each other, and any animal is an animal."""
    mine, yours = CLASS_OF.get(first), CLASS_OF.get(second)
    if not mine or not yours or mine[0] != yours[0]:
        return False
    if _BIRD in {mine[1], yours[1]} and _BIRD not in {first, second}:
        return False
    return mine[1] == yours[1] or (not mine[1] and first == mine[0]) or (not yours[1] and second == yours[0])


def _named_for(first: str, second: str) -> bool:
    """Whether a data set's names for them overlap: a building and its houses."""
    mine, yours = class_name(first), class_name(second)
    return mine.split_by(yours) or yours.split_by(mine)


@cache
def _groups() -> tuple[frozenset[str], ...]:
    return tuple(_names(line) for line in _ALIKE.split("|") if line)


@cache
def _kinds() -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((line.split()[0], _names(line)) for line in _KINDS.split("|") if line)


def _names(line: str) -> frozenset[str]:
    return frozenset(name.replace("-", " ") if name == "trash-can" else name for name in line.split())
