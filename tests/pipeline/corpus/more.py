"""More of all kinds, one a line, collected to find out what the first lists had taught by heart."""

# ruff: noqa: E501, RUF001 - the texts as they come

DECLINED = r"""
I'm not able to assist with that request.
I'm really sorry, but I can't help with this.
Sorry, I'm unable to assist.
I’m sorry. I can’t help with identifying people.
I cannot assist you with this.
I am unable to assist you with this request.
I can't help you with that.
I can’t assist with this image.
I can't describe the contents of this image.
I can't describe what's in the image.
I cannot describe the people in the image.
I'm unable to provide a description of this image.
I'm unable to see or interpret images at the moment.
I'm unable to identify people in images.
I'm unable to directly view or analyze images.
I am unable to display images.
I am unable to determine the content of the image.
I do not have the capability to view or interpret images directly.
I don't have visual capabilities.
I don't have the ability to see or analyze images, but I can help you with text.
I can't view attachments.
I cannot access external images.
I currently cannot view images.
I can not see the image.
I am not able to view the photo you've attached.
I couldn't process the image.
I couldn't find an image in your message.
I didn't receive an image.
I did not receive any image.
I haven't received an image.
I see no image attached.
I need an image to describe.
I'd be happy to help, but I don't see an image.
I'd be happy to help! Please upload the image.
I would be happy to describe the image, but none was attached.
To describe the scene I need the picture.
Thank you for your request, but I can't help with that.
Thanks for sharing, but I can't view images.
As an AI developed by X, I can't see images.
As an AI text-based model, I can't see.
As an AI assistant I do not have eyes.
As a text model, I can't view images.
Being an AI, I can't see.
My programming does not allow me to describe people.
My guidelines prevent me from describing this.
It is not possible for me to view images.
It's not possible to describe the image.
This request cannot be completed.
Your request cannot be processed at this time.
I will not engage with this content.
I must decline to describe this.
I have to decline.
I'm afraid I can't do that.
I regret that I can't help.
I regret to inform you that I cannot view images.
We're sorry, something went wrong.
Apologies, but I cannot assist.
Sorry!
Sorry.
I'm sorry
Sorry, no.
No, I can't do that.
No image detected.
No image found.
Image not found.
Image unavailable.
The image is missing.
The image you provided is not visible to me.
The image cannot be displayed.
There's no image here.
There is no image to describe.
I don't see any image in your message.
It appears no image was included.
It appears that no image was attached to your message.
It seems there's no image attached.
It looks like there is no picture.
Can you please provide the image?
Could you upload it again?
What would you like me to do?
How can I help you today?
Hello! How can I assist you today?
Sure, I can help with that! Please provide the image.
Ich kann das nicht tun.
Ich kann Ihnen leider nicht helfen.
Ich kann diese Anfrage nicht bearbeiten.
Ich bin ein KI-Modell und kann keine Bilder sehen.
Entschuldigung, ich kann das Bild nicht sehen.
Leider kann ich dabei nicht helfen.
Dabei kann ich leider nicht helfen.
Es tut mir leid.
Das kann ich leider nicht.
Je ne peux pas vous aider avec ça.
Je suis incapable de voir les images.
Je suis une IA et je ne peux pas voir.
Désolée, mais je ne peux pas.
Je ne peux pas répondre à cette demande.
Lo siento, no puedo ayudarte con eso.
No puedo ayudarte con esa solicitud.
Soy una IA y no puedo ver imágenes.
Disculpa, no puedo ayudar.
Mi dispiace, non posso.
Non sono in grado di vedere immagini.
Sono un'IA e non posso vedere.
Ik kan je niet helpen met dit verzoek.
Ik ben een AI en kan geen foto's bekijken.
Het spijt me, dat kan ik niet.
Jeg kan desværre ikke hjælpe med det.
Det kan jeg ikke hjælpe med.
Jeg kan ikke hjælpe dig med det.
Jag kan tyvärr inte hjälpa dig med det.
Jag kan inte hjälpa till med det.
Nie mogę pomóc w tej sprawie.
Nie jestem w stanie opisać tego obrazu.
Não posso ajudar com isso.
Sou uma IA e não consigo ver imagens.
Desculpa, não posso ajudar.
En voi auttaa sinua siinä.
Je ne peux pas décrire le contenu de cette image.
failed to decode image
failed to process image
unable to load image
Failed to fetch
Content policy violation
Blocked by safety filters
The response was filtered due to the prompt triggering content management policy.
The generated content was blocked.
{"title":"Error","description":"Unable to process the image."}
{"title":"Unable to assist","description":"I'm sorry, I can't help with that."}
{"title":"No image","description":"No image was provided."}
{"title":"N/A","description":"The image could not be processed."}
{"title":"Refusal","description":"I cannot describe people."}
{"description":"I cannot identify the person in the image."}
""".strip().splitlines()
"""Refusals."""

BROKEN_DOWN = r"""
[Image]
Image
<image>
Upstream error from provider
Provider returned error
Internal error
internal_server_error
Server Error
Service unavailable
Error 500
ERROR
error
HTTP Error 503
HTTP 500
500
502
Bad Request
Request failed with status code 429
Request Timeout
Timeout
timeout
Read timed out
connection timed out
Connection closed
Model overloaded
The model is currently overloaded, please try again later
This model is currently experiencing high demand.
Server is busy, please try again later.
server busy
Server overloaded
Too many concurrent requests
Rate limited
You are being rate limited.
API rate limit exceeded for 1.2.3.4
Usage limit reached
You've reached your limit
Your credit balance is too low
You have insufficient credits
Payment required
Billing hard limit has been reached
No endpoints found for model
Model not found
model not loaded
Unknown model
Invalid model
Invalid request
Invalid JSON
Invalid image
Unauthorized: invalid token
invalid_api_key
API key not valid. Please pass a valid API key.
API key expired
Missing Authorization header
Forbidden
403 Forbidden
404 Not Found
404
nginx
404 page not found
Cannot POST /v1/chat/completions
Exception
Traceback
NoneType object has no attribute 'x'
'NoneType' object is not subscriptable
KeyError: 'choices'
TypeError: undefined is not a function
Uncaught (in promise) Error
Segmentation fault (core dumped)
CUDA error: out of memory
torch.OutOfMemoryError: CUDA out of memory
llama_decode failed
failed to parse grammar
unexpected EOF
EOF
context deadline exceeded
context canceled
broken pipe
write: broken pipe
stream error
Stream closed
Request was aborted.
Operation timed out
Job cancelled
content_filter
Empty response from model
(no content)
no output generated
[no response]
<no response>
<unk><unk><unk>
<pad><pad>
undefined undefined
null null null
None.
nan
NULL
Nothing to describe.
{}
[]
""
{"description": ""}
{"description": "undefined"}
{"description": "None"}
{"description": "N/A"}
{"description": "..."}
{"title":"string","description":"string"}
{"title":"Title","description":"Description"}
{"title": "<title>", "description": "<description>"}
{"title": "At most six words.", "description": "One or two sentences."}
{"title":"...","description":"..."}
{"type":"object","properties":{"title":{"type":"string","description":"At most six words."},"description":{"type":"string","description":"One or two sentences."}}}
{"response":"I'm sorry, I can't assist with that."}
{"error":"I'm sorry"}
<think>
<think>thinking</think
thinking</think>
<thought>x
Okay, I'll analyze the image step by step.
Let me think.
Let me take a look at this image.
Let's see. The image shows
Alright, so I've got this image here.
Okay, so I have this picture of a door.
Okay, let's tackle this. The user
Got it, let's look at the picture.
So, the user is asking for a description
The user is asking me to describe
The user has provided an image
The user provided a picture of
The user uploaded an image
User wants a description of
We are asked to describe
We are given an image
We have an image
We must output JSON
I need to describe the image in JSON format
I'm going to describe
I'll start by looking
I will analyze the picture
My task is to describe
First, let me look
First, I'll look at
To answer this I look at
Looking at the image, I need to
Step 1: look at the picture
1. **Analyze the image**: The image shows
**Analyzing the image**
Thought: I should look
Thinking Process:
1. **Analyze the Request:**
Here's a thinking process:
**Thinking...**
""".strip().splitlines()
"""Errors, thoughts and nothing."""

SEEN = r"""
I'm not sure who it is, but a man is at the door.
I can see a man at the door.
I can't see any person, only a dog.
I cannot see anyone in the picture.
I can't see much in the dark; a car is parked.
I cannot identify the person, but he wears a red coat.
I see a man who is unable to open the gate.
I do not see any vehicles, just a cat.
I don't recognize this vehicle; it is a white van.
No one is there.
Nobody is at the door.
There is no person in the picture, only an empty street.
There is no vehicle to see.
No package is visible on the porch.
No image of a person; just a wall.
Unknown person at the door.
An unknown man stands at the door.
Empty driveway.
Empty porch with a mat.
The image is too dark to see anything.
The image appears to be completely black.
The picture is overexposed.
The camera is blocked by a leaf.
The photo shows an error on a screen.
A 500 euro note lies on the ground.
500 people stand in the street.
404 on the house wall, a man next to it.
502 is written on the bus that stops.
Two men argue about a failed delivery.
Failed delivery: a courier leaves again.
Failure to close: the gate stands open.
Server room with open door.
Model of a ship in the window.
Request for silence on a sign.
Connection box open, a technician works on it.
Access road covered in snow.
Denied entry, a man turns around at the gate.
Unable to see clearly in fog; a figure moves at the left.
Cannot be told apart: two twins wait at the door.
Please close the gate, says a sign.
Please try again, reads the display of the intercom. A man looks at it.
Sorry we are closed is written on the door.
Sorry-looking dog sits in the rain.
Note on the door: Sorry, gone fishing.
Apology letter on the mat.
Let's party is written on a balloon.
Let the dog out: a woman opens the door.
We see two cars.
We have three people at the gate.
I have two people at the gate.
Okay sign made by a man into the camera.
Hello is written on the mat.
Hi-vis jacket worn by a worker at the meter.
Well-dressed couple at the door.
So many leaves that the path can hardly be seen.
Now the van leaves.
Now the user of the walking stick rests.
First snow covers the lawn.
Wait sign at the gate; a cyclist stops.
The request stop is empty.
The user leaves the house.
The user's car is parked.
The task force van parks in front.
The prompt courier has already arrived.
The question mark on his shirt is red.
The system unit is carried by a man.
As a man walks past, a dog barks.
As an elderly woman approaches, the light goes on.
As an ambulance arrives, people gather.
As a text on the wall says, parking is forbidden.
Being a windy day, the bins have fallen over.
Error-free parking by a red car.
Exceptional weather: hail on the terrace.
Timeout: kids rest on the lawn.
Warning: a man climbs over the fence!
Alert: smoke from the garage.
Note: the gate is open; nobody is there.
Status: the garage door is open.
Type of vehicle: a white van.
Person: a man in a red coat stands at the door.
Description of a scene: A man stands.
Analysis of footprints in snow suggests a cat.
OK Corral is written on the barn.
Yes, there is a man at the door.
No, nobody is at the door.
Rate of traffic is low; one car passes.
Quota of bins: three bins at the kerb.
Oops, a boy drops his ice cream.
Killed bird on the patio.
Dead mouse on the mat.
Overloaded van drives past.
Unavailable parking: all spaces are taken.
Out of the van steps a courier.
Out of memory lane: an old car passes.
Test drive sign on a car that parks.
Cloudflare is printed on the T-shirt of a man.
OpenAI is printed on the T-shirt of a man.
Gemini, the cat, sits at the door.
At the door (left) stands a man.
At 3.15 a fox passes.
File cabinet stands on the pavement.
Data cables hang from the wall.
Event tent in the garden.
Network technician at the box.
Proxy voting sign on the fence.
Gateway arch decorated with flowers.
Internal door open, light on.
Unexpected snow covers everything.
Upstream of the bridge a man fishes.
Backend of a truck blocks the drive.
Service truck at the kerb.
Provider van (electricity) parks.
Message on the wall reads HELLO.
Code lock on the gate is open.
Object on the mat is a parcel.
Missing cat poster on the fence.
Missing: the bin lid is gone.
Invalid parking permit visible behind the windscreen.
No access sign; a man ignores it.
No key is in the lock.
Permission slip lies on the mat.
Authentication device next to the door.
A person, unable to view the display because of the sun, shades his eyes.
Video doorbell box is empty.
File a: none; a man walks.
Leider ist niemand zu sehen.
Entschuldigung steht auf dem Schild.
Entschuldigung, wir haben geschlossen, steht auf einem Schild.
Es ist niemand zu sehen.
Ich sehe keine Personen.
Ich kann keine Person erkennen.
Ich kann keine Personen erkennen, nur ein Auto.
Ich kann das Kennzeichen nicht lesen; ein roter Wagen parkt.
Als der Bote klingelt, geht das Licht an.
Ein Fehler ist auf der Anzeige zu lesen.
Je ne vois personne.
Je ne peux pas voir le visage de l'homme.
Désolé est écrit sur une pancarte.
En tant que facteur, un homme distribue le courrier.
No puedo ver la cara del hombre.
No veo a nadie.
Como siempre, el gato está en la puerta.
Lo siento está escrito en un cartel.
Non vedo nessuno.
Non posso vedere il volto dell'uomo.
Ik zie niemand.
Ik kan de auto niet goed zien.
Als de bel gaat, blaft de hond.
Jeg kan ikke se ansigtet, men en mand står der.
Jag ser ingen.
Som alltid sitter katten på muren.
Nie widać nikogo.
Jako pierwszy wchodzi pies.
Não vejo ninguém.
Como sempre, o gato dorme.
Desculpe o transtorno, diz uma placa.
К сожалению, никого не видно.
很遗憾没有人。
我看不清脸，但有一个男人站在门口。
A man; {he} waits.
Forbidden zone sign on a fence.
Unauthorized persons keep out, reads the sign; a boy stands before it.
No answer at the door; the courier leaves again.
Empty text bubble painted on the wall.
I have a clear view of two children at the gate.
I have three cars in view.
I should add that a dog sits beside him: a man waits at the door.
We are looking at a man in a red coat.
We have an empty porch.
I describe what I see: a man with a dog.
First a man, then a woman enters.
1. A man enters. 2. A dog follows.
1) A red car. 2) A blue van.
Looking at the picture, a man in a coat stands at the door.
Looking at the camera, a man in a coat stands at the door.
Analyzing a parcel label, a man bends over the mat.
Describe: a man at the door.
A user of a wheelchair comes up the ramp.
User-friendly ramp at the entrance, nobody on it.
My neighbour's cat sits on the mat.
My guess is a fox; it moves along the hedge.
Our cat is at the door.
Here is a man with a parcel.
Here's a fox near the bins: it sniffs at a bag.
There is a picture of a dog on the fence.
There is no picture on the wall.
It looks like a delivery: a man with two boxes.
It seems that a man rings the bell.
It appears to be a raccoon.
It is not possible to see the face of the man at the gate.
It is impossible to tell what moves in the hedge.
How many people there are is hard to say; at least three stand at the gate.
What looks like a bag lies on the step.
Could be a cat; something small runs past.
Please note the open gate.
Please ring, says a note.
Can be seen: a man with a ladder.
No, it is not a person, but a coat on a hook.
Yes. A man is there.
Sure-footed goat on the roof of the shed.
Thanks to the light, a man can be seen at the gate.
Well, a man at the door.
Hello Kitty balloon drifts past.
This content creator films in front of the house.
This request form lies on the step.
The response team arrives with two vans.
The request for help is written on the window.
The key box is closed.
The key is lost; a man searches the flower bed.
The job is done: workers leave with their van.
The limit sign (30) is covered in snow.
The model wears a red dress.
The gate is closed.
The server cabinet is closed.
The parcel was refused by the woman at the door.
The delivery failed; the courier leaves a card.
A job ad hangs on the lamp post.
A read-out on the meter shows 404.
Server in a black apron brings two plates.
Service is busy; many guests on the terrace.
Service van blocked by a bin.
Stream is frozen over behind the house.
Stream overflows its bank, the path is flooded.
Missing image on the billboard; only the frame stands.
Bad weather: rain on the lens.
Unknown vehicle parked at the kerb.
Unknown object on the mat.
Invalid ticket under the wiper of a red car.
Too many people for a clear count.
Too many requests is the name of the band on the van.
Expired parking ticket on the car.
Failed to start, a red car stands in the drive; a man opens the bonnet.
Error 13 on the display of the heat pump.
Timeout!, the boys shout and rest.
Nothing to see here but an empty street.
Nothing.
No activity.
No motion; the garden is still.
None of the cars moves.
Null.point is written on a van.
Zero people, one cat.
0 people at the door, 1 cat.
3 people.
2 cars, 1 person
Person.
A cat.
Cat
Dog
Hund
man
Mann
猫
人
犬がいます
Raining.
Snow
All quiet.
All clear, nobody in sight.
Same as before: an empty drive.
Unchanged.
Dark.
Too dark to see.
Black picture.
Blurry image of a person.
Image of a man at the door.
Picture: a dog on the lawn.
Photo of a street at night.
Image shows a man.
In the image a man stands.
In this picture, two dogs play.
The image you see is of a man at the door.
The image does not show any people.
The image doesn't show a person.
The image is not clear, but a person may stand at the left.
The image was taken at night; a cat walks by.
The picture is partly covered by a leaf.
The video shows a car.
The camera's view is blocked.
The file on the desk is red.
An image of Santa is projected on the house.
Ich glaube, es ist ein Fuchs.
Ich sehe einen Mann.
Das Bild zeigt einen Mann, der nicht zu erkennen ist.
Das kann ein Marder sein, nicht eine Katze.
Die Person kann nicht identifiziert werden.
Diese Person kann den Schlüssel nicht finden und tut nichts.
Leider kann man das Gesicht nicht sehen.
Je vois un homme.
Je suis face à une porte fermée; personne.
Il n'y a personne.
No hay nadie.
No hay personas ni coches.
No se ve a nadie.
Non c'è nessuno.
Er is niemand te zien.
Ik ben niet zeker, maar het lijkt een vos.
Ingen personer.
Det kan være en ræv.
Det kan inte vara en katt; djuret är större.
Jeg ser ingen.
Nie ma nikogo.
Não há ninguém.
Ei ketään.
Никого нет.
Я вижу мужчину.
没有人。
誰もいません。
""".strip().splitlines()
"""Descriptions, many of which begin like something else."""
