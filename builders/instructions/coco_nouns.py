"""The nouns of COCO's classes: what leaves no doubt which class is meant."""

from __future__ import annotations

_NOUNS = {
    "person": {
        "person": """person people man woman guy lady girl boy kid child baby player gentleman dude toddler teenager adult human
            batter catcher umpire skier snowboarder surfer skater skateboarder rider biker cyclist chef waiter waitress bride
            groom mom mother dad father grandma grandpa officer cop policeman fireman soldier fella chick spectator pedestrian
            passenger worker student""",
    },
    "vehicle": {
        "bicycle": "bicycle bike",
        "car": "car sedan taxi cab minivan suv",
        "motorcycle": "motorcycle motorbike scooter moped",
        "airplane": "airplane plane aeroplane jet aircraft",
        "bus": "bus",
        "train": "train locomotive",
        "truck": "truck pickup van lorry",
        "boat": "boat ship canoe kayak sailboat",
    },
    "outdoor": {
        "traffic light": "traffic-light stoplight",
        "fire hydrant": "hydrant fire-hydrant",
        "stop sign": "stop-sign",
        "parking meter": "meter parking-meter",
        "bench": "bench",
    },
    "animal": {
        "": "animal",
        "bird": "bird duck goose pigeon seagull parrot swan owl chicken",
        "cat": "cat kitten kitty",
        "dog": "dog puppy pup",
        "horse": "horse pony foal",
        "sheep": "sheep lamb ram",
        "cow": "cow bull calf cattle ox",
        "elephant": "elephant",
        "bear": "bear polar-bear",
        "teddy bear": "teddy teddy-bear",
        "zebra": "zebra",
        "giraffe": "giraffe",
    },
    "accessory": {
        "backpack": "backpack rucksack",
        "umbrella": "umbrella parasol",
        "handbag": "handbag purse",
        "tie": "tie necktie bowtie",
        "suitcase": "suitcase luggage",
    },
    "sports": {
        "frisbee": "frisbee",
        "skis": "ski skis",
        "snowboard": "snowboard",
        "sports ball": "ball baseball soccer-ball tennis-ball",
        "kite": "kite",
        "baseball bat": "bat baseball-bat",
        "baseball glove": "baseball-glove mitt",
        "skateboard": "skateboard",
        "surfboard": "surfboard",
        "tennis racket": "racket racquet tennis-racket tennis-racquet",
    },
    "kitchen": {
        "bottle": "bottle",
        "wine glass": "wine-glass",
        "cup": "cup mug",
        "fork": "fork",
        "knife": "knife",
        "spoon": "spoon",
        "bowl": "bowl",
        "": "plate",
    },
    "food": {
        "": "food",
        "banana": "banana",
        "apple": "apple",
        "sandwich": "sandwich burger hamburger sub",
        "broccoli": "broccoli",
        "carrot": "carrot",
        "hot dog": "hot-dog hotdog",
        "pizza": "pizza",
        "donut": "donut doughnut",
        "cake": "cake cupcake",
    },
    "furniture": {
        "chair": "chair armchair stool recliner",
        "couch": "couch sofa loveseat",
        "potted plant": "plant potted-plant",
        "bed": "bed",
        "dining table": "table desk dining-table",
        "toilet": "toilet urinal",
    },
    "electronic": {
        "tv": "tv television monitor",
        "laptop": "laptop",
        "remote": "remote",
        "keyboard": "keyboard",
        "cell phone": "phone cellphone cell-phone smartphone",
    },
    "appliance": {
        "microwave": "microwave",
        "oven": "oven stove",
        "toaster": "toaster",
        "sink": "sink",
        "refrigerator": "refrigerator fridge",
    },
    "indoor": {
        "book": "book",
        "clock": "clock",
        "vase": "vase",
        "scissors": "scissors",
        "hair drier": "hair-dryer hair-drier hairdryer",
        "toothbrush": "toothbrush",
    },
}
"""COCO's supercategories and classes, and the nouns that mean them and nothing else in a picture. ``orange``, ``mouse``, ``glass``,
``bag`` and ``sign`` may mean something else and are left out. An empty name: any class of the supercategory, or none of COCO's."""
CLASS_OF = {
    noun.replace("-", " "): (group, name)
    for group, classes in _NOUNS.items()
    for name, nouns in classes.items()
    for noun in nouns.split()
}
"""Noun -> supercategory and class."""
GROUP_OF = {name: group for group, classes in _NOUNS.items() for name in classes if name} | {
    "orange": "food",
    "mouse": "electronic",
}
"""Class -> supercategory."""
COCO_CLASSES = frozenset(GROUP_OF)
