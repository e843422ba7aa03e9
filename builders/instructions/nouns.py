"""Names of things that are common in pictures but not whole words of CLIP's vocabulary."""

from __future__ import annotations

OBJECTS = frozenset(
    """
    andiron antelope aquarium archway armoire armrest asparagus awning backboard backhoe backpack backsplash bandana
    banister bannister barrette bartender baseboard bathtub batter beanie bedframe bedpost bedspread beehive bicyclist bidet
    billiard biplane birdbath birdcage birdhouse bleachers blender boathouse boogie bookend boulder bowtie boxcar bracelet
    bride briefcase bulldozer bumper buoy burrito bystander caboose calf calzone camcorder cantaloupe canyon carafe carseat
    catamaran catcher chairlift charger chef chimpanzee chipmunk chopstick chopsticks cleat cliff clutch coaster cobblestone
    cockatoo cockpit cocktail colander coleslaw colonnade commode computer cooktop corkscrew countertop credenza creek crib
    croissant crossbar crosswalk crouton cucumber cufflink cupcake curb cygnet dashboard decanter dinette dinghy dishcloth
    dishrag dock doghouse doily donut doorframe doorknob doughnut drape drapery driftwood duckling duffel dustbin earbud
    earmuffs earphone earring easel eggplant elephant ellipse evergreen excavator fanny faucet fender firetruck firewood
    flipper flowerpot foal foglight footboard footrest footstool frond frosting fuselage futon garnish gazebo gazelle
    giraffe goalie goalpost goblet gondola gosling grater grille groom guacamole guardrail hairbrush hairdryer handbag
    handlebar handrail hang-glider haystack headband headboard headlamp headlight headrest headset hedge hen highchair hinge
    hippopotamus honeydew hubcap hutch hydrant icicle icing impala infant infielder ipad iphone jalapeno jetski jetway
    joystick kayak kayaker ketchup keypad kickstand kitten knapsack kneepad ladle lamb lamppost lampshade lanyard lattice
    lemur lifejacket lighthouse limousine loveseat macaw macbook manhole mantel marmot mayo mayonnaise median meerkat
    merry-go-round microwave minaret minivan mitten modem moped mousepad mudguard mug mustard napkin necklace necktie
    nightstand nostril nunchuk oar obelisk omelet omelette ostrich outfielder outhouse overpass pacifier paddle paddleboard
    pagoda pamphlet pancake paraglider parakeet parapet parasailer parasol passenger peacock pebble pedestrian pergola
    pickle pier piglet pinecone pitcher placemat plunger pontoon potholder pram printer projector propane puddle puppy purse
    quiche racquet radish ramekin rangehood recliner relish rhinoceros rollerblade rooftop rooster rowboat sailboat salsa
    sandbox sapling saucepan saucer scanner scarecrow sconce scooter seaplane seesaw segway settee shingle shinguard
    shoelace showerhead shrub shuttlecock sidecar signpost skateboarder skyscraper smokestack snorkel snowbank snowboarder
    snowman snowmobile sombrero spatula spectator spigot spokes sprig sprinkles stairwell steeple stirrup stoplight stove
    stovetop streetlamp streetlight stroller suitcase sunshade suspenders sweatband tablecloth tablet taco tailgate
    taillight teacup teapot teddy teenager terrarium thermostat tightrope toaster toddler toothbrush toothpaste tortilla
    toucan touchpad towel trackpad trampoline trellis trestle tugboat tureen turnip turret tvs twig udder umpire
    undercarriage underpass unicycle urinal valance visor vitrine waffle wainscot waiter waitress wakeboard wallet warthog
    washcloth wastebin waterwheel webcam wetsuit whisk wii wiimote wildebeest windbreaker windmill windowsill windscreen
    windshield windsurfer wiper woodpile wristband xbox zebra zipper zucchini
    """.split()
)
