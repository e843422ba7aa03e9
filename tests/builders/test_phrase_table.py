"""Phrases as annotators write them, and what a person would say: a table to read, and to add to."""

import pytest

from ieiw.builders.instructions.phrases import noun_phrase
from ieiw.triplets.rejects import Reason, Refusal

SAID = """
laptop | laptop | 1 | the laptop | a laptop
guy furthest from camera | guy | 1 | the guy furthest from the camera | -
middle guy | guy | 1 | the guy in the middle | a guy in the middle
man in middle | man | 1 | the man in the middle | a man in the middle
man with beard | man | 1 | the man with a beard | a man with a beard
bearded man | man | 1 | the bearded man | a bearded man
left guy | guy | 1 | the guy on the left | a guy on the left
guy with goatee | guy | 1 | the guy with a goatee | a guy with a goatee
right most banana | banana | 1 | the rightmost banana | -
banana front right | banana | 1 | the banana in the front right | a banana in the front right
man in button up shirt | man | 1 | the man in a button-up shirt | a man in a button-up shirt
guy right | guy | 1 | the guy on the right | a guy on the right
potted plants | potted plants | 2 | the potted plants | potted plants
traffic lights | traffic lights | 4 | the traffic lights | traffic lights
train | train | 1 | the train | a train
keyboard on the laptop | keyboard | 1 | the keyboard on the laptop | a keyboard on the laptop
woman in camisole | woman | 1 | the woman in a camisole | a woman in a camisole
woman on the left | woman | 1 | the woman on the left | a woman on the left
top right guy | guy | 1 | the guy in the top right | a guy in the top right
parking meters | parking meters | 2 | the parking meters | parking meters
dining table | dining table | 1 | the dining table | a dining table
guy with bowl | guy | 1 | the guy with a bowl | a guy with a bowl
man in yellow | man | 1 | the man in yellow | a man in yellow
bald guy on left | guy | 1 | the bald guy on the left | a bald guy on the left
dining tables | dining tables | 2 | the dining tables | dining tables
bed on right | bed | 1 | the bed on the right | a bed on the right
bed | bed | 1 | the bed | a bed
bed in background | bed | 1 | the bed in the background | a bed in the background
bed on left | bed | 1 | the bed on the left | a bed on the left
far left bed | bed | 1 | the bed on the far left | a bed on the far left
the duck behind the other duck | duck | 1 | the duck behind the other duck | -
wine glasses | wine glasses | 2 | the wine glasses | wine glasses
table closest to us | table | 1 | the table closest to the camera | -
bottom table | table | 1 | the bottom table | -
table | table | 1 | the table | a table
older woman | woman | 1 | the older woman | -
woman in white | woman | 1 | the woman in white | a woman in white
center woman | woman | 1 | the woman in the center | a woman in the center
old man looking at us | man | 1 | the old man looking at the camera | an old man looking at the camera
old man | man | 1 | the old man | an old man
man | man | 1 | the man | a man
man right | man | 1 | the man on the right | a man on the right
woman on left | woman | 1 | the woman on the left | a woman on the left
girl in red hoodie | girl | 1 | the girl in a red hoodie | a girl in a red hoodie
man in red | man | 1 | the man in red | a man in red
walking people | people | 3 | the walking people | walking people
blue bird on top of tree | bird | 1 | the blue bird on top of the tree | a blue bird on top of the tree
wipers on trains | wipers | 2 | the wipers on trains | wipers on trains
zebras grazing in grass | zebras | 2 | the zebras grazing in grass | zebras grazing in grass
zebra | zebra | 3 | the zebras | zebras
white clouds | clouds | 4 | the white clouds | white clouds
short green grass | grass | 1 | the short green grass | some short green grass
water | water | 1 | the water | some water
wooden bench | bench | 1 | the wooden bench | a wooden bench
open umbrella | umbrella | 1 | the open umbrella | an open umbrella
man wearing hat | man | 1 | the man wearing a hat | a man wearing a hat
man holding racket | man | 1 | the man holding a racket | a man holding a racket
people on beach | people | 9 | the people on the beach | people on the beach
parked cars | cars | 5 | the parked cars | parked cars
car | car | 4 | the cars | cars
hour glass on shelf | hour glass | 1 | the hour glass on the shelf | an hour glass on the shelf
umbrella | umbrella | 1 | the umbrella | an umbrella
european flag | flag | 1 | the European flag | a European flag
unicorn on shirt | unicorn | 1 | the unicorn on the shirt | a unicorn on the shirt
large clear window | window | 1 | the large clear window | a large clear window
windows on building | windows | 12 | the windows on the building | windows on the building
dog ' s bowl | bowl | 1 | the dog's bowl | a dog's bowl
man ' s bag | bag | 1 | the man's bag | a man's bag
mother ' s chair | chair | 1 | the mother's chair | a mother's chair
sheep | sheep | 7 | the sheep | some sheep
plane flying in sky | plane | 1 | the plane flying in the sky | a plane flying in the sky
giraffe eating leaves | giraffe | 1 | the giraffe eating leaves | a giraffe eating leaves
two giraffes | giraffes | 2 | the two giraffes | two giraffes
two men | men | 2 | the two men | two men
broccoli | broccoli | 1 | the broccoli | some broccoli
white rice | rice | 1 | the white rice | some white rice
pizza on plate | pizza | 1 | the pizza on the plate | a pizza on the plate
slice of pizza | slice | 1 | the slice of pizza | a slice of pizza
cup of coffee | cup | 1 | the cup of coffee | a cup of coffee
bunch of bananas | bunch | 1 | the bunch of bananas | a bunch of bananas
scissors | scissors | 1 | the scissors | a pair of scissors
red and white train | train | 1 | the red and white train | a red and white train
black, white cow | cow | 1 | the black, white cow | a black, white cow
tall grass behind elephant | grass | 1 | the tall grass behind the elephant | some tall grass behind the elephant
trees behind fence | trees | 5 | the trees behind the fence | trees behind the fence
tree | tree | 1 | the tree | a tree
leafy trees in background | trees | 3 | the leafy trees in the background | leafy trees in the background
brick wall | wall | 1 | the brick wall | a brick wall
street light | street light | 1 | the street light | a street light
traffic light | traffic light | 1 | the traffic light | a traffic light
teddy bear | teddy bear | 1 | the teddy bear | a teddy bear
teddy bears sitting on shelf | teddy bears | 3 | the teddy bears sitting on the shelf | teddy bears sitting on the shelf
skis | skis | 1 | the skis | a pair of skis
Dog. | dog | 1 | the dog | a dog
DOG | dog | 1 | the dog | a dog
a dog | dogs | 1 | the dog | a dog
dogs | dog | 1 | the dogs | dogs
boat in water | boat | 1 | the boat in the water | a boat in the water
boats floating on water | boats | 4 | the boats floating on water | boats floating on water
surfer riding wave | surfer | 1 | the surfer riding a wave | a surfer riding a wave
snow on ground | snow | 1 | the snow on the ground | some snow on the ground
sign on pole | sign | 1 | the sign on the pole | a sign on the pole
sign above street | sign | 1 | the sign above the street | a sign above the street
number on train | number | 1 | the number on the train | a number on the train
letters on sign | letters | 1 | the letters on the sign | letters on the sign
clock on tower | clock | 1 | the clock on the tower | a clock on the tower
logo on shirt | logo | 1 | the logo on the shirt | a logo on the shirt
shadow of person | shadow | 1 | the shadow of the person | -
wheel of motorcycle | wheel | 1 | the wheel of the motorcycle | -
front wheel | wheel | 1 | the front wheel | -
left wheel | wheel | 1 | the wheel on the left | a wheel on the left
horse pulling carriage | horse | 1 | the horse pulling a carriage | a horse pulling a carriage
food in bowl | food | 1 | the food in the bowl | some food in the bowl
fries next to sandwich | fries | 1 | the fries next to the sandwich | fries next to the sandwich
hot dog | hot dog | 1 | the hot dog | a hot dog
hot dogs | hot dogs | 2 | the hot dogs | hot dogs
glass of water | glass | 1 | the glass of water | a glass of water
glass | glass | 1 | the glass | a glass
building with windows | building | 1 | the building with windows | a building with windows
buildings in distance | buildings | 3 | the buildings in the distance | buildings in the distance
double decker bus | bus | 1 | the double decker bus | a double decker bus
white line on road | line | 1 | the white line on the road | a white line on the road
air conditioner | air conditioner | 1 | the air conditioner | an air conditioner
stainless steel refrigerator | refrigerator | 1 | the stainless steel refrigerator | a stainless steel refrigerator
toilet paper | toilet paper | 1 | the toilet paper | some toilet paper
toilet paper roll | toilet paper roll | 1 | the toilet paper roll | a toilet paper roll
flowers in vase | flowers | 1 | the flowers in the vase | flowers in the vase
baseball player swinging bat | player | 1 | the baseball player swinging a bat | a baseball player swinging a bat
tennis player | tennis player | 1 | the tennis player | a tennis player
tennis racket | racket | 1 | the tennis racket | a tennis racket
person in background | person | 1 | the person in the background | a person in the background
person on skateboard | person | 1 | the person on the skateboard | a person on the skateboard
little girl in pink dress | girl | 1 | the little girl in a pink dress | a little girl in a pink dress
young man sitting on couch | man | 1 | the young man sitting on the couch | a young man sitting on the couch
women in dresses | women | 3 | the women in dresses | women in dresses
child ' s toy | toy | 1 | the child's toy | a child's toy
ocean waves | waves | 2 | the ocean waves | ocean waves
old fashioned clock | clock | 1 | the old fashioned clock | an old fashioned clock
cat lying on a bed | cat | 1 | the cat lying on a bed | a cat lying on a bed
bird perched on branch | bird | 1 | the bird perched on the branch | a bird perched on the branch
branches without leaves | branches | 3 | the branches without leaves | branches without leaves
orange | orange | 1 | the orange | an orange
oranges in bowl | oranges | 5 | the oranges in the bowl | oranges in the bowl
box | box | 2 | the boxes | boxes
bus | bus | 3 | the buses | buses
knife | knife | 2 | the knives | knives
leaf | leaf | 2 | the leaves | leaves
man in air | man | 1 | the man in the air | a man in the air
man in suit and tie | man | 1 | the man in a suit and tie | a man in a suit and tie
elephants with tusks | elephants | 2 | the elephants with tusks | elephants with tusks
police car | car | 1 | the police car | a police car
herd of sheep | herd | 1 | the herd of sheep | a herd of sheep
group of people | group | 1 | the group of people | a group of people
crowd of people | crowd | 1 | the crowd of people | a crowd of people
row of chairs | row | 1 | the row of chairs | a row of chairs
pile of wood | pile | 1 | the pile of wood | a pile of wood
stack of books | stack | 1 | the stack of books | a stack of books
ski lift | ski lift | 1 | the ski lift | a ski lift
ski poles | ski poles | 2 | the ski poles | ski poles
american flag | flag | 1 | the American flag | an American flag
man in t-shirt | man | 1 | the man in a t-shirt | a man in a t-shirt
iron fence | fence | 1 | the iron fence | an iron fence
painting of dog | painting | 1 | the painting of a dog | a painting of a dog
picture on wall | picture | 1 | the picture on the wall | a picture on the wall
picture frame | picture frame | 1 | the picture frame | a picture frame
trash can | trash can | 1 | the trash can | a trash can
red can | can | 1 | the red can | a red can
two story buildings | buildings | 2 | the two story buildings | two story buildings
several cars | cars | 5 | the cars | several cars
few birds | birds | 3 | the birds | a few birds
some people | people | 3 | the people | people
man looking at us | man | 1 | the man looking at the camera | a man looking at the camera
person closest to me | person | 1 | the person closest to the camera | -
man covered in snow | man | 1 | the man covered in snow | a man covered in snow
mountain covered with snow | mountain | 1 | the mountain covered with snow | a mountain covered with snow
boat covered in water | boat | 1 | the boat covered in water | a boat covered in water
plate of food | plate | 1 | the plate of food | a plate of food
table made of wood | table | 1 | the table made of wood | a table made of wood
woman in leather | woman | 1 | the woman in leather | a woman in leather
woman with long hair | woman | 1 | the woman with long hair | a woman with long hair
man with beard and glasses | man | 1 | the man with a beard and glasses | a man with a beard and glasses
person playing wii | person | 1 | the person playing Wii | a person playing Wii
cat in bed | cat | 1 | the cat in bed | a cat in bed
man on phone | man | 1 | the man on the phone | a man on the phone
sun | sun | 1 | the sun | the sun
moon in sky | moon | 1 | the moon in the sky | the moon in the sky
buildings across street | buildings | 3 | the buildings across the street | buildings across the street
lamp next to bed | lamp | 1 | the lamp next to the bed | a lamp next to the bed
small dog between two men | dog | 1 | the small dog between two men | a small dog between two men
water bottle | water bottle | 1 | the water bottle | a water bottle
woman with child | woman | 1 | the woman with a child | a woman with a child
sliced tomatoes on plate | tomatoes | 4 | the sliced tomatoes on the plate | sliced tomatoes on the plate
car door | door | 1 | the car door | a car door
shoes on floor | shoes | 2 | the shoes on the floor | shoes on the floor
hat on table | hat | 1 | the hat on the table | a hat on the table
bags of chips | bags | 2 | the bags of chips | bags of chips
boxes of fruit | boxes | 2 | the boxes of fruit | boxes of fruit
teddy bears | teddy bear | 2 | the teddy bears | teddy bears
ottoman | ottoman | 2 | the ottomans | ottomans
women | woman | 2 | the women | women
picture of man and woman | picture | 1 | the picture of a man and a woman | a picture of a man and a woman
red, white and blue flag | flag | 1 | the red, white and blue flag | a red, white and blue flag
red white and blue flag | flag | 1 | the red white and blue flag | a red white and blue flag
man in black | man | 1 | the man in black | a man in black
dog on leash | dog | 1 | the dog on the leash | a dog on the leash
birds in flight | birds | 4 | the birds in flight | birds in flight
people in line | people | 5 | the people in line | people in line
bicycle leaning against wall | bicycle | 1 | the bicycle leaning against the wall | a bicycle leaning against the wall
car in traffic | car | 1 | the car in traffic | a car in traffic
flag on top of building | flag | 1 | the flag on top of the building | a flag on top of the building
the man in front | man | 1 | the man in front | a man in front
woman in front of bus | woman | 1 | the woman in front of the bus | a woman in front of the bus
bowl full of fruit | bowl | 1 | the bowl full of fruit | a bowl full of fruit
glass filled with water | glass | 1 | the glass filled with water | a glass filled with water
chair to the left of table | chair | 1 | the chair to the left of the table | a chair to the left of the table
chair left of table | chair | 1 | the chair to the left of the table | a chair to the left of the table
man to left | man | 1 | the man to the left | a man to the left
green, leafy tree | tree | 1 | the green, leafy tree | a green, leafy tree
towels hanging on wall | towels | 2 | the towels hanging on the wall | towels hanging on the wall
bus second from left | bus | 1 | the bus second from the left | -
"""
"""Phrase, the noun that the data set names, instances, after "remove", after "add" (``-``: nothing can be said)."""

REFUSED = """
dude behind everyone | man | 1 | does not name the man it is about
the plant that is under the railing | plant | 1 | as one thing with one relation
woman in spaghetti strap shirt | woman | 1 | as one thing with one relation
lady in polka dots | lady | 1 | as one thing with one relation
a bowl full of green lettuce salad | bowl | 1 | as one thing with one relation
person reaching into bucket | person | 1 | cannot read 'reaching'
bed with sheep | bed | 1 | an article is missing after 'with'
bed with sheep on it | bed | 1 | cannot read 'it'
bed without sheep | bed | 1 | an article is missing after 'without'
right guy blue shirt | guy | 1 | as one thing with one relation
girl in red and glasses | girl | 1 | as one thing with one relation
person red shirt with glasses | person | 1 | as one thing with one relation
one way sign | sign | 1 | cannot read 'one'
slice of cake on white plate | slice | 1 | as one thing with one relation
pair of scissors | scissors | 1 | does not name the scissors it is about
the the dog | dog | 1 | as one thing with one relation
bus stopped at curb | bus | 1 | cannot read 'stopped'
roll of toilet paper | roll | 1 | as one thing with one relation
vase of flowers | vase | 1 | cannot read vase of flowers
salt and pepper shakers | shakers | 2 | as one thing with one relation
umbrella held by woman | umbrella | 1 | cannot read 'held'
cat looking out window | cat | 1 | cannot read 'out'
person skiing down hill | person | 1 | cannot read 'down'
man doing trick | man | 1 | as one thing with one relation
steps leading to door | steps | 1 | cannot read 'leading'
white plate with food on it | plate | 1 | cannot read 'it'
can of soda | can | 1 | as one thing with one relation
two story building | building | 1 | says two, but the region holds 1
all of the chairs | chairs | 3 | does not name the chairs it is about
second bus from left | bus | 1 | cannot read 'from'
dog that is on bed | dog | 1 | as one thing with one relation
woman who is holding umbrella | woman | 1 | cannot read 'who'
cup that has handle | cup | 1 | cannot read 'has'
plate with slice of pizza on it | plate | 1 | cannot read 'it'
bench made from wood | bench | 1 | cannot read 'from'
tree in the background on right | tree | 1 | two positions
kids playing game | kids | 2 | cannot read 'playing'
man talking on cell phone | man | 1 | cannot read 'talking'
woman with umbrella in rain | woman | 1 | as one thing with one relation
boat tied to dock | boat | 1 | cannot read 'tied'
pizza with cheese and tomato | pizza | 1 | as one thing with one relation
man holding onto pole | man | 1 | cannot read 'onto'
8 year old boy | boy | 1 | as one thing with one relation
plate with seaweed | plate | 1 | as one thing with one relation
yellow shirt | shirt | 1 | 'shirt' is part of a person
beard | beard | 1 | 'beard' is part of a person
banana 3 | banana | 1 | as one thing with one relation
banana 3 o clock | banana | 1 | cannot read 'o'
right bannana | banana | 1 | unknown word 'bannana'
man on left bite banana with teeth | man | 1 | as one thing with one relation
man with banana not in hand | man | 1 | cannot read 'not'
guy at 3pm | guy | 1 | '3pm' is not a word
right gy | guy | 1 | unknown word 'gy'
woman in white tank speghetti straps | woman | 1 | unknown word 'speghetti'
woman in white camisole face cut off | woman | 1 | cannot read 'cut'
dots | dots | 1 | 'dot' names no object
center polka | polka dot | 1 | does not name the polka dot it is about
woman in pokodots | woman | 1 | unknown word 'pokodots'
dark shirt | shirt | 1 | 'shirt' is part of a person
darkest person striped shirt | person | 1 | unkind: 'darkest'
person with arm up to face cant really be seen | person | 1 | cannot read 'up'
hand only | hand | 1 | as one thing with one relation
hand by the white plate | hand | 1 | 'hand' is part of a person
hand byotself | hand | 1 | unknown word 'byotself'
hand only in front right | hand | 1 | as one thing with one relation
hand right bottom | hand | 1 | 'hand' is part of a person
a table and big bowl on green stuff on it | table | 1 | cannot read 'it'
tan blouse | blouse | 1 | 'blouse' is part of a person
guy on left getting or giving food | guy | 1 | cannot read 'getting'
black shirt | shirt | 1 | 'shirt' is part of a person
man curly hair black shirt | man | 1 | as one thing with one relation
person in black shirt front | person | 1 | cannot read 'front'
a smaller , younger polar bear rubs into the left side of a larger adult | bear | 1 | cannot read 'rubs'
table people looking at the camera are sitting at | table | 1 | as one thing with one relation
light sweatshirt | sweatshirt | 1 | 'sweatshirt' is part of a person
maroon sweater n glasses | sweater | 1 | unknown word 'n'
lady with glasses looking over | lady | 1 | as one thing with one relation
red hoddie | hoodie | 1 | unknown word 'hoddie'
man upper left with hands to face red hoody | man | 1 | cannot read 'to'
sky | sky | 1 | 'sky' names no object
his left shoe | shoe | 1 | cannot read 'his'
pants | pants | 1 | 'pants' is part of a person
laptop computer | laptop | 1 | as one thing with one relation
reflection of man | reflection | 1 | 'reflection' names no object
spots on giraffe | spots | 4 | 'spot' names no object
mane on zebra | mane | 1 | 'mane' is part of a person
glasses | glasses | 1 | 'glasses' is part of a person
man and woman | man | 2 | as one thing with one relation
salt and pepper | salt and pepper | 2 | 'salt and pepper' is more than one thing
black | black | 1 | 'black' names no object
standing | standing | 1 | 'standing' names no object
something on table | something | 1 | 'something' names no object
"no parking" sign | sign | 1 | cannot read 'no'
tie worn by man | tie | 1 | cannot read 'worn'
us flag | flag | 1 | cannot read 'us'
u.s. flag | flag | 1 | unknown word 's'
t - shirt | t-shirt | 1 | 't-shirt' is part of a person
x-box controller | controller | 1 | unknown word 'x-box'
empty | empty | 1 | 'empty' names no object
seat belt | seat belt | 1 | 'belt' is part of a person
man who can swim | man | 1 | cannot read 'who'
three men | men | 2 | says three, but the region holds 2
guy on my left | guy | 1 | cannot read 'my'
t - shirt on man | t-shirt | 1 | 't-shirt' is part of a person
man standing table | man | 1 | as one thing with one relation
car parked street | car | 1 | as one thing with one relation
clock face | clock face | 1 | 'face' is part of a person
elephant ' s trunk | trunk | 1 | 'trunk' is part of a person
keyboard on the laptop in the right hand picture | keyboard | 1 | as one thing with one relation
the fork in the side of green plate | fork | 1 | as one thing with one relation
black shirted person reaching | person | 1 | cannot read 'reaching'
man holding | man | 1 | as one thing with one relation
dog some some dog | dog | 1 | as one thing with one relation
glass half full of beer | glass | 1 | as one thing with one relation
u-haul truck | truck | 1 | cannot read 'u-haul'
18 wheeler | 18 wheeler | 1 | '18' is not a word
#7 train | train | 1 | '#7' is not a word
train number 7 | train | 1 | as one thing with one relation
number 7 | number | 1 | as one thing with one relation
x | x | 1 | unknown word 'x'
hat on woman | hat | 1 | 'hat' is part of a person
shoes of man on floor | shoes | 2 | as one thing with one relation
"""
"""Phrase, the noun that the data set names, instances, what the refusal says."""


def rows(table):
    return [[cell.strip() for cell in line.split(" | ")] for line in table.strip().splitlines()]


@pytest.mark.parametrize(("phrase", "name", "instances", "definite", "indefinite"), rows(SAID))
def test_is_said_as_people_write(phrase, name, instances, definite, indefinite):
    said = noun_phrase(phrase, name=name, instances=int(instances))
    assert (said.definite, said.indefinite or "-") == (definite, indefinite)
    assert said.raw == phrase


@pytest.mark.parametrize(("phrase", "name", "instances", "detail"), rows(REFUSED))
def test_is_refused(phrase, name, instances, detail):
    with pytest.raises(Refusal) as caught:
        noun_phrase(phrase, name=name, instances=int(instances))
    assert caught.value.reason is Reason.PHRASE_UNUSABLE
    assert detail in caught.value.detail


def test_the_table_is_long_enough_to_mean_something():
    assert len(rows(SAID)) > 120 and len(rows(REFUSED)) > 50
