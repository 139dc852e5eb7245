"""Texts by somebody who had not seen the patterns: half of these refusals got through."""

# ruff: noqa: RUF001 - the texts as they come

DECLINED_OTHERWISE = r"""
Sorry, no can do.
Pardon me, but I can't see any picture here.
I am unable to complete this request.
I can't complete this task.
I cannot complete that request.
I can't comment on the people in this image.
I cannot comment on this picture.
I can't give a description of this image.
I cannot give you a description.
I can't offer a description of this picture.
I can't create a description for this.
I cannot talk about this image.
I would rather not describe this image.
I'd rather not describe people.
I'd prefer not to describe this image.
I prefer not to answer that.
I have no way of seeing the image.
I have no access to the image.
I have no ability to view images.
I have no image to work with.
I lack the ability to see images.
I lack visual capabilities.
I don't think I can help with that.
I'm not sure I can help with that.
I don't feel comfortable describing this image.
I do not feel comfortable answering this.
I'm Claude, an AI assistant, and can't view this.
I'm ChatGPT and I can't see your camera.
I am Qwen, created by Alibaba Cloud. I am a helpful assistant.
I am Gemma, an open-weights AI assistant. I take text and images as inputs.
Hello! I'm Llama. How can I help?
Hey! I can't view images, sorry.
Good morning! I'm afraid I can't see the picture.
Thanks for your message! No image came through on my end.
No image came through.
The image seems to be missing.
The image appears to be corrupted and cannot be read.
The photo you sent could not be opened.
The attached file is not a valid image.
It looks like there might be an issue with the image you uploaded.
There seems to be a problem with the image.
There was an issue processing your image.
There was a problem with your request.
There was an error processing your request.
There was an error generating a response
Please try uploading the image again.
Could you describe the image to me instead?
Can you tell me more about what you'd like me to do?
Is there anything else I can help with?
Let me know if you'd like me to describe it.
I understand your request, but I can't describe people in private spaces.
I understand you want a description; however, I cannot provide one.
I appreciate your question, but I am not able to describe this.
While I'd like to help, I can't describe this image.
Due to privacy concerns, I cannot describe the people in this image.
Due to safety guidelines I'm unable to describe this picture.
For privacy reasons, I can't identify anyone in this image.
Because of my guidelines, I can't help with this.
To protect privacy, I won't describe this person.
In accordance with my guidelines I must decline.
As a responsible AI, I can't comment on that.
As a helpful assistant, I can't do this.
This content is not available.
Your input image may contain content that is not allowed by our safety system.
Output blocked by content filtering policy
Response withheld due to policy.
Content removed.
Safety: blocked
Unfortunately, that's not possible.
Unfortunately, I have no visual access.
Regrettably, this can't be done.
Ich kann keine Personen auf Bildern identifizieren.
Ich habe keinen Zugriff auf das Bild.
Ich sehe kein Bild in deiner Nachricht.
Es wurde kein Bild angehängt.
Bitte lade ein Bild hoch.
Bitte senden Sie mir das Bild.
Leider ist es mir nicht möglich, das Bild zu beschreiben.
Aus Datenschutzgründen kann ich die Person nicht beschreiben.
Je ne vois aucune image jointe.
Aucune image n'a été fournie.
Veuillez fournir une image.
Pourriez-vous joindre l'image ?
Pour des raisons de confidentialité, je ne peux pas identifier cette personne.
No veo ninguna imagen adjunta.
No se ha proporcionado ninguna imagen.
Por favor, proporciona la imagen.
Por favor, sube la imagen.
No tengo acceso a la imagen.
No tengo la capacidad de ver imágenes.
Perdón, pero no puedo describir esta imagen.
Non posso vedere l'immagine.
Non vedo nessuna immagine allegata.
Nessuna immagine è stata fornita.
Per favore, carica l'immagine.
Non ho accesso all'immagine.
Ik zie geen afbeelding in je bericht.
Er is geen afbeelding bijgevoegd.
Upload alsjeblieft een afbeelding.
Ik kan dit niet beschrijven vanwege privacyredenen.
Jeg kan desværre ikke se billeder.
Der er ikke vedhæftet noget billede.
Jag kan tyvärr inte se bilder.
Ingen bild bifogades.
Nie widzę żadnego obrazu.
Nie załączono żadnego obrazu.
Proszę przesłać zdjęcie.
Nenhuma imagem foi enviada.
Por favor, envie a imagem.
Я не вижу изображения.
Я не могу описать это изображение.
我看不到您上传的图片。
請提供圖片。
请上传图片。
画像が見つかりません。
画像を提供してください。
私はAIなので画像を見ることができません。
이미지를 볼 수 없습니다.
이미지를 제공해 주세요.
Lo sento, però no puc ajudar.
Pahoittelen, en voi auttaa.
मुझे खेद है, मैं इसमें मदद नहीं कर सकता।
Xin lỗi, tôi không thể giúp bạn với yêu cầu này.
Maaf, saya tidak dapat membantu permintaan itu.
ขออภัย ฉันไม่สามารถช่วยได้
Sorry, you have been blocked
It's against my rules to describe people.
I can't make any statements about the people in this photo.
I can't be of help here.
I can't tell you anything about this image.
I have been designed not to identify people.
I'm designed to be helpful, but I can't describe this.
I choose not to describe this image.
That is not something I can help with.
This isn't something I can do.
That request is outside my capabilities.
This falls outside of what I can assist with.
The link to the image is broken.
I was unable to open the picture.
I've been unable to load the image.
Nothing was attached.
Where is the image?
Which image do you mean?
If you upload the image, I can describe it.
Once you share the image, I can describe it.
Könnten Sie das Bild bitte hochladen?
Il n'y a pas d'image jointe.
¿Podrías subir la imagen?
No he recibido la imagen.
Potresti caricare l'immagine?
Kun je de afbeelding uploaden?
Ik heb geen toegang tot de afbeelding.
Jeg har ikke adgang til billedet.
Nie mam dostępu do obrazu.
Não tenho acesso à imagem.
我没有办法看图片。
そのご要望にはお応えできません。
도움을 드릴 수 없습니다.
Я не вижу прикреплённого изображения.
The image appears to be corrupted or empty.
""".strip().splitlines()
"""Refusals."""

BROKEN_OTHERWISE = r"""
Invalid image data.
Error 1015: You are being rate limited
No server is available to handle this request.
client disconnected
Client sent an HTTP request to an HTTPS server.
The plain HTTP request was sent to HTTPS port
{"title":"Short title here","description":"Detailed description here"}
{"title":"Title of the event","description":"Description of the event"}
{"title":"A short title","description":"One or two sentences describing the image."}
llama runner process no longer running: -1
Loading model
Model is warming up
exceed context window
This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.
Your account has insufficient balance.
We are currently experiencing high demand. Please try again.
The server had an error while processing your request. Sorry about that!
Title: Description:
Here is the description:
Sure! Here's the JSON you asked for:
Sure, here is a description of the image:
Here's the JSON output:
Of course! Here is the JSON:
Okay, here's the description in JSON format:
Certainly!
Sure!
Draft 1: A man stands
Final answer:
<function=describe></function>
Not authenticated
Session expired
unknown model: gpt-x
Bad request: missing field `messages`
Max retries exceeded with url: /v1/chat/completions
HTTPConnectionPool(host='x', port=80): Read timed out.
server is shutting down
Maintenance in progress
This site can't be reached
The page you requested was not found.
Please enable JavaScript to continue.
Access to this resource is forbidden.
{"title":"Loading","description":"Loading..."}
{"title":"Untitled","description":"Untitled"}
I am analyzing the picture now.
""".strip().splitlines()
"""Errors, announcements and words for nothing."""

SEEN_OTHERWISE = r"""
A cat.
A dog.
Cat.
Dog
Empty driveway
Empty driveway.
Empty street at night.
Nothing.
Nothing to see
Nothing to see.
Nothing to report.
Nothing moves.
Nothing unusual.
Nothing special happens.
Nothing is happening.
Nobody.
Nobody there.
No one.
No one is at the door.
No one at the door
No people.
No person visible.
No persons or vehicles detected.
No activity.
No movement detected.
No activity detected in the frame.
No motion.
No change.
No objects of interest are visible.
No vehicles.
No visible activity in the image.
No animals, people or cars can be seen.
No significant activity.
No parcel.
Unknown person at the door.
An unknown person.
Unknown man with a bag.
Unknown vehicle in the driveway.
Unknown object on the lawn
An unidentified animal crosses the lawn.
I cannot see anyone at the door.
I can't see anyone at the door.
I can't see anybody.
I cannot see any people or vehicles.
I cannot see much; it is dark.
I can't see any movement.
I cannot see a person, only a car.
I can't see the man's face.
I can't see the license plate, but a white car stands in the driveway.
I can not see who rings; the camera looks at an umbrella.
I do not see anyone.
I don't see any people.
I don't see anything unusual.
I can see a man at the gate.
I can see two dogs playing.
I can only see darkness.
I cannot make out any details; the picture is black.
I cannot tell who it is; a man in a hood stands close to the lens.
I cannot determine if the gate is open; a boy stands in front of it.
I can't read the plate of the van in the driveway.
I cannot read the sign; a woman stands beneath it.
I cannot identify the bird on the feeder, but it is small and blue.
I am not sure what it is; something white lies on the path.
I'm not certain, but a fox seems to sit by the bin.
It is too dark to see.
It is too dark to see anything.
It's too dark to make out details.
It is dark.
It is raining.
It is snowing heavily.
It is not possible to see who stands behind the umbrella.
It is impossible to tell whether somebody is in the car.
It seems that nobody is home.
It seems to be a cat.
It appears that the gate is open.
It looks like a fox.
It looks like somebody left a parcel.
The camera is blocked.
The camera is blocked by a hand.
The camera is covered.
The camera view is obstructed by a spider web.
The camera lens is dirty.
The camera moved.
The camera shows only static.
The camera is pointed at the ceiling.
The image is completely black.
The image is black.
The image is too dark to see anything.
The image is blurry and nothing can be recognized.
The image is blurred, a car may be on the left.
The image is overexposed.
The image is distorted.
The image is mostly gray.
The image quality is poor; a person may be at the gate.
The picture is very dark; no people are visible.
The picture is upside down and shows a lawn.
The photo shows a request slip in a hand.
The image does not show any people.
The image doesn't show anyone.
The image does not contain any people or vehicles.
The image contains no people.
The image cannot show the man's face because of his hood.
The image was taken at night; a fox walks past.
The image is obscured by rain drops.
The picture is not clear, but a person is at the door.
The view is blocked by a leaf.
The view is not available because a truck blocks it.
View of an empty hallway.
The request line of a bell glows; a boy waits.
A sign reads "Sorry, we are closed".
Sorry, we're closed reads a sign on the shop door.
"Sorry we are closed" is on the sign.
A note says "Sorry I missed you".
A screen displays "Error 404".
Error is written on a red screen in the hall.
Error message on a laptop in the garden.
Error lamp of the boiler is lit.
Error code E4 is shown by the washing machine.
Error code on the display of the heat pump.
An error message is shown on the ticket machine.
A blue screen with an error in the shop window.
A server brings two plates to a table.
The server is carrying a tray of drinks.
The server is busy with the guests at the terrace.
Server with a tray walks past the window.
The waiter and a server are not at the bar.
A model walks on the runway.
A model on a runway in a red dress.
The model is wearing a red dress.
The model is not wearing shoes.
Model train on the floor of the living room.
The model airplane is loaded into a car.
The connection of the hose is loose.
The connection between trailer and car is open.
A connection hose lies on the lawn.
Connection box on the wall is open.
The key is in the lock.
A key hangs in the door.
The key is missing from the hook.
The token machine in the laundry is empty.
The limit sign says 30; a car passes.
The speed limit sign was knocked over.
The rate board of the exchange office is lit.
The service van is parked in the driveway.
The service door is open.
The service is about to begin; people enter the church.
The provider's van stands at the kerb.
The gateway to the garden is open.
The gate is closed.
The gate failed to close; a dog runs out.
The operation of the crane has stopped; two men stand beside it.
The response team arrives with two vehicles.
The stream is closed off by a fence.
The stream has flooded the path.
The socket cover is missing from the wall.
The endpoint of the race is crowded with people.
The job site is empty.
The format of the poster is large; a man hangs it up.
The parameter fence of the site is broken.
The prompt arrival of the courier: he is at the door already.
The header tank leaks.
The system is armed, says the panel.
The test car of a school stops.
The user of the bench sleeps.
A user manual lies on the mat.
The task force enters the building.
My car is gone; the driveway is empty.
My neighbour's cat sits on the wall.
Please wait, says the screen in the waiting room.
Please do not enter is written on the door; a boy reads it.
Please send help is written in the sand.
Provide shade: a man opens an umbrella.
Access denied blinks on the keypad; a man tries again.
Access is blocked by a bin.
Forbidden entry sign, and a man who passes it.
Not found: the bin that stood here yesterday; the lot is empty.
Blocked driveway: a white van stands in it.
Blocked by a snow drift, the door stands ajar.
Refused delivery lies at the door.
Rejected parcels stand at the kerb.
Failed attempt to open the gate by a man with a crowbar.
Failed fence post leans over the path.
Unable to climb the fence, a boy walks off.
Cannot be seen from the street: a man hides behind the hedge.
Unfortunately, the bins have been knocked over by the wind.
Unfortunately no one is at the gate.
However, a cat sits on the wall.
But for a cat the yard is empty.
Well, a dog.
So many people at the gate!
Now it rains.
Note on the door, a courier reads it.
No parking sign; a car stands in front of it.
No image of a person can be seen on the poster any more; it was torn off.
No photo sign at the museum entrance.
No pictures hang on the wall.
No images are on the screen; it is off.
Pictures hang on the wall of an empty hall.
Video doorbell of the neighbour blinks.
File cabinets stand in the hall.
Photos are taken by a man in front of the house.
Image of a saint on the wall of the house.
A photograph is missing from the wall.
The picture is missing from the wall.
The picture on the wall was removed by a man in blue.
The photo is being taken by a woman.
Visual check of the meter by a technician.
Attachment of a trailer to a car by a man.
As a model of patience, a heron stands at the pond.
As an assistant helps, an old man climbs the steps.
I am a robot, says the sign of a vacuum cleaner.
I'm sorry, says the card on the flowers at the door.
"I'm sorry" is painted on the wall of the garage.
I am here, says a note on the door.
I need help, says a sign that a man holds.
I will be back, says the note on the shop door.
I have seen the same white van twice: it parks at the kerb.
I see a person.
I see nothing.
I see no one.
I think there is a cat behind the pot.
I believe this is a fox.
I notice a man in black.
I observe two people walking.
We see two kids in the pool.
Let's Dance is written on the T-shirt of a girl.
Let me in, says a sign; a dog sits in front of the door.
Looking at the image, a man in a blue coat stands at the gate.
Looking at the picture, two cars are parked.
Based on the image, a delivery person is leaving a package.
In this image, a cat sits on a wall.
In the picture I see a white van.
This image shows a man.
This is a cat.
This image was captured at night and shows an empty street.
Here is a man with a parcel.
Here's a delivery van in the driveway.
Here is the postman.
Here are two kids on bikes.
Analyzing the meter, a technician kneels at the wall.
Describe: none.
Checking the image of himself in the car window, a man combs his hair.
Think twice is written on the wall.
Thinking hard, a boy sits on the step.
Reasoning with a policeman, a driver leans out of his car.
Step 1 of a staircase is broken.
First snow lies on the lawn.
First, a dog; then a man on a bike.
Wait sign at the crossing.
Got it on his shoulders: a man carries a ladder.
Okay sign made by a diver in the pool.
OK is written on the screen of the boiler.
Sure-footed, a cat walks along the fence.
Certainly a fox, at the bin.
Of course the cat sits on the car again.
Hello is written on the doormat; nobody is there.
Hello Kitty balloon floats past.
Hi-vis vests hang on the fence.
Thank you, says the postman's card.
Thanks to the lamp a fox can be seen.
Out of memory foam mattresses a tower stands at the kerb.
Killed mouse lies on the mat; a cat sits beside it.
Panic: people run out of the building.
Too many cars are parked on the pavement.
Too many people to count stand at the gate.
You have reached the gate, says the sign.
Your parcel is on the mat.
Credit cards lie on the table.
Quota of bins: five stand at the kerb.
Context: a construction site; two men with helmets.
Input hatch of the silo is open.
Default: an empty yard.
Test picture on a TV in the room.
Test drive: a car leaves the driveway.
System test is running, shows the alarm panel.
Missing cat poster on a tree.
Missing tile on the roof.
Timeout: the players stand at the bench.
Network cable hangs from the pole.
Runtime errors are shown on a laptop on the table.
Connection error is what the TV shows; the room is empty.
404 is the number of the house; a man rings.
500 people at the square.
502 bus stops at the corner.
12 birds on the wire.
3 cars.
2 people, 1 dog.
1 person
无人
没有人。
门口没有人。
一只猫。
猫
一名男子站在门口。
看不到任何人。
画面太暗，看不清。
图片显示一辆白色汽车停在车道上。
无法看清该男子的脸，他站在门口。
我看到一个人在门口。
请勿停车的牌子旁边有一辆车。
誰もいません。
猫がいます。
猫。
暗くて見えません。
玄関には誰もいない。
人物は見えません。
画像には白い車が写っています。
画像は暗く、何も見えません。
顔は見えませんが、男性が門の前に立っています。
아무도 없습니다.
고양이 한 마리.
문 앞에 사람이 있습니다.
너무 어두워서 볼 수 없습니다.
ไม่มีใครอยู่ที่ประตู
แมวหนึ่งตัว
ไม่มีคน
Niemand ist an der Tür.
Niemand.
Keine Person zu sehen.
Keine Personen oder Fahrzeuge.
Nichts zu sehen.
Es ist zu dunkel, um etwas zu erkennen.
Ich kann niemanden an der Tür sehen.
Ich sehe niemanden.
Ich sehe keine Person im Bild.
Ich kann das Kennzeichen nicht lesen, ein weißer Wagen steht vor der Garage.
Ich kann auf dem Bild niemanden erkennen.
Das Bild ist zu dunkel.
Das Bild ist schwarz.
Das Bild zeigt eine leere Einfahrt.
Die Kamera ist verdeckt.
Leider ist es sehr dunkel; vielleicht steht ein Mann am Tor.
Leider kann man das Gesicht nicht sehen, ein Mann steht am Tor.
Entschuldigung steht auf einem Schild am Tor.
Eine Katze.
Hund im Garten
Fehler steht auf der Anzeige der Heizung.
Fehlermeldung auf dem Bildschirm im Flur.
Bitte nicht parken, steht auf dem Schild; ein Auto steht davor.
Als Postbote verkleidet steht ein Kind vor der Tür.
Als ein Auto vorbeifährt, springt die Katze weg.
Ein Bild hängt schief an der Wand.
Kein Bild hängt mehr an der Wand.
Der Server im Keller blinkt.
Das Modell eines Schiffs steht im Fenster.
Ingen ved døren.
Ingen.
Der er ingen ved døren.
Jeg kan ikke se nogen ved døren.
Jeg ser ingen.
Det er for mørkt til at se noget.
En kat.
Kameraet er dækket til.
Billedet er helt sort.
Billedet viser en tom indkørsel.
Undskyld står der på et skilt.
Desværre er det mørkt, men en mand står ved lågen.
Jag ser ingen vid dörren.
Jag kan inte se någon vid dörren.
Bilden är för mörk.
Ingen person syns på bilden.
Tyvärr är det mörkt; en katt sitter på muren.
Niemand bij de deur.
Er is niemand.
Er is niemand te zien op de foto.
Ik zie niemand.
Ik kan niemand zien bij de deur.
Ik kan niet zien wie er voor de deur staat; het is te donker.
Het beeld is te donker.
De camera is geblokkeerd.
Een kat.
Helaas is het donker; een man staat bij het hek.
Sorry, gesloten staat op het bord van de winkel.
Als een auto voorbijrijdt, springt de kat weg.
Ik kan deze man niet herkennen, hij draagt een helm.
Nikogo nie ma.
Nie ma nikogo przy drzwiach.
Nikogo nie widać.
Nie widzę nikogo przy drzwiach.
Nie mogę zobaczyć twarzy mężczyzny przy bramie.
Jest za ciemno, żeby cokolwiek zobaczyć.
Kamera jest zasłonięta.
Kot.
Obraz jest ciemny.
No hay nadie.
No hay nadie en la puerta.
Nadie.
No se ve a nadie.
No veo a nadie en la puerta.
No puedo ver a nadie en la puerta.
No puedo ver la cara del hombre que espera.
No puedo identificar el coche blanco de la entrada.
Está demasiado oscuro para ver.
La cámara está tapada.
La imagen está oscura.
La imagen muestra una calle vacía.
Un gato.
Lo siento, cerrado, dice el cartel de la tienda.
Como un perro duerme ante la puerta el gato.
Por favor no aparcar, dice el cartel.
No se ve ninguna persona en la imagen.
Personne.
Il n'y a personne.
Personne n'est à la porte.
Je ne vois personne.
Je ne peux pas voir qui est à la porte, il fait noir.
Il fait trop sombre pour voir.
L'image est trop sombre.
L'image montre une allée vide.
Un chat.
Aucune personne visible.
Désolé, fermé, dit le panneau de la boutique.
La caméra est bloquée.
Nessuno.
Non c'è nessuno.
Non vedo nessuno alla porta.
Non posso vedere il volto dell'uomo al cancello.
È troppo buio per vedere.
Un gatto.
L'immagine è scura.
Nessuna persona visibile.
Ninguém.
Não há ninguém.
Não vejo ninguém à porta.
Não consigo ver o rosto do homem no portão.
Um gato.
Kukaan ei ole ovella.
Kissa.
Никого нет.
Кошка.
Я не вижу никого у двери.
Слишком темно, чтобы что-то увидеть.
Камера закрыта.
Kimse yok.
Kapıda kimse yok.
Bir kedi.
لا أحد عند الباب.
قطة.
कोई नहीं है।
אין אף אחד בדלת.
Senki nincs az ajtónál.
Nimeni nu este la ușă.
To protect it from rain, a man covers a bike with a sheet.
Due to fog only the lamp can be seen.
While I can see a car, nobody is in it.
There is an issue with the gate: it hangs loose.
I can't describe the face, but a man in red stands at the gate.
I cannot give an exact number, but about ten people stand there.
Is anybody home? A man looks through the window.
Could be a fox or a small dog.
The content of the box was removed by a woman.
Loading a van, two men carry a sofa.
Two sentences are written on a board.
Kein Foto des Mannes hängt mehr am Brett.
Ich kann keine Personen erkennen, nur ein Auto.
Bitte klingeln, steht an der Tür.
Je ne vois aucune personne sur l'image.
Geen mensen op de foto.
Não vejo pessoas na imagem.
画像には誰もいません。
이미지에 사람이 없습니다.
Пожалуйста, звоните - написано на двери.
I have no way to tell who it is; a man in a hood stands at the gate.
The image is corrupted by noise, but a car can be seen.
Unknown model of a car in the driveway.
The server is down on one knee to pick up a fork.
While I cannot identify the person in the image, a man in a blue coat stands at the door.
Although I can't describe his face, a tall man waits.
Due to the darkness, I cannot see any people.
Because of the glare, I am unable to see the face of the driver.
I can't provide exact numbers; many people fill the street.
I can't describe the colour of the car in the dark.
I cannot identify people in the distance; two figures walk along the beach.
The image is not available in colour, but a car is parked.
""".strip().splitlines()
"""Descriptions that must not be lost: short, dark, in other languages, or like something else."""
