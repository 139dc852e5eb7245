"""Sort what a model calls the objects of a picture into our few kinds."""

from collections.abc import Iterator
import re
from typing import Any, Final

OBJECTS: Final = ("person", "vehicle", "animal", "package", "other")

_WORDS: Final = {
    "person": "person people man men woman women boy girl child children kid baby toddler teen"
    " teenager adult human pedestrian courier postman mailman driver cyclist runner jogger visitor"
    " worker lady gentleman guy intruder stranger resident neighbor neighbour officer policeman"
    " face individual figure passenger"
    " mensch mann frau kind junge mädchen bote kurier personne homme femme enfant persona hombre"
    " mujer niño niña uomo donna bambino persoon vrouw jongen meisje mand kvinde barn pige"
    " kvinne menneske människa kvinna osoba mężczyzna kobieta dziecko pessoa homem mulher criança",
    "vehicle": "vehicle car truck van bus bicycle bike motorcycle motorbike scooter moped lorry"
    " suv pickup taxi trailer tractor train tram boat ship ambulance minivan sedan automobile"
    " fahrzeug auto wagen lastwagen lkw fahrrad motorrad véhicule voiture camion vélo moto"
    " vehículo coche carro camión bicicleta motocicleta veicolo macchina automobile furgone"
    " voertuig vrachtwagen fiets bil køretøj cykel lastbil kjøretøy sykkel fordon samochód pojazd"
    " rower ciężarówka veículo caminhão",
    "animal": "animal dog puppy cat kitten bird fox deer raccoon squirrel rabbit horse cow sheep"
    " goat pig chicken duck goose crow pigeon owl bear coyote wolf hedgehog mouse rat pet insect"
    " spider snake badger skunk opossum"
    " tier hund katze vogel fuchs reh pferd chien chat oiseau renard cheval perro gato pájaro"
    " cane gatto uccello dier kat vogel dyr kat fugl katt djur fågel häst zwierzę pies kot ptak"
    " cão cachorro pássaro",
    "package": "package parcel box packet envelope letter mail carton crate delivery"
    " paket päckchen schachtel karton brief colis boîte paquet carton lettre paquete caja sobre"
    " pacco scatola busta pakket doos pakke pakken pakke eske paczka przesyłka karton pacote caixa",
}
_KINDS: Final = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_NAMES: Final = ("label", "name", "object", "type", "class", "category", "kind")
"""Under what a model puts the word when it makes an object of each object."""
_BETWEEN: Final = re.compile(r"[,;|/&\n]|\band\b")
_WORD: Final = re.compile(r"[^\W\d_]+")
_NONE: Final = frozenset({"no", "none", "nothing", "null", "empty"})
_ITEMS_MAX: Final = 100


def objects_in(value: object) -> tuple[str, ...]:
    """Return the kinds of the objects that a model states, in our order, each once.

    It may state a list of words or of objects, one text with commas, or counts by word. A word that
    is not known is something other.
    """
    kinds = {kind for item in list(_items(value))[:_ITEMS_MAX] for kind in _kinds(item)}
    return tuple(name for name in OBJECTS if name in kinds)


def _items(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from _BETWEEN.split(value.lower())
    elif isinstance(value, list):
        for item in value[:_ITEMS_MAX]:
            yield from _items(
                _name(item) if isinstance(item, dict) else item if isinstance(item, str) else None
            )
    elif isinstance(value, dict):
        yield from (str(name).lower() for name, count in value.items() if count)


def _name(item: dict[str, Any]) -> object:
    return next((item[name] for name in _NAMES if isinstance(item.get(name), str)), None)


def _kinds(item: str) -> set[str]:
    words = [word for word in _WORD.findall(item) if len(word) > 1 or not word.isascii()]
    if not words or words[0] in _NONE:
        return set()
    known = {kind for word in words if (kind := _kind(word))}
    return known or {"other"}


def _kind(word: str) -> str | None:
    if word in OBJECTS:
        return word
    singular = (word, word.removesuffix("s"), word.removesuffix("es"))
    return next((_KINDS[each] for each in singular if each in _KINDS), None)
