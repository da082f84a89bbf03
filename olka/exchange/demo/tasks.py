"""The demo's tasks, as DOMAIN names them, told in plain language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from olka.core.texts import Text3
from olka.tasks.rules import Service


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """A task to be loaded; ``key`` is how places, people and shifts of the demo refer to it."""

    key: str
    service: Service
    name: Text3
    description: Text3
    with_children: bool = False


TASKS: Final = (
    TaskPlan(
        "point",
        Service.OIVA,
        Text3("OLKA-pisteen päivystäjä", "Jourhavande vid OLKA-punkten", "OLKA point volunteer"),
        Text3(
            "Otat vastaan potilaita ja läheisiä, kuuntelet ja kerrot, mistä tukea löytyy. Et anna hoito-ohjeita.",
            "Du tar emot patienter och närstående, lyssnar och berättar var det finns stöd. Du ger inga vårdråd.",
            "You welcome patients and their loved ones, listen, and tell where support is found. "
            "You give no advice on treatment.",
        ),
    ),
    TaskPlan(
        "peer",
        Service.TOIVO,
        Text3("Vertaistukija", "Kamratstödjare", "Peer supporter"),
        Text3(
            "Tapaat ihmisen, jolla on samanlainen kokemus kuin sinulla. Jaat oman kokemuksesi ja kuuntelet hänen.",
            "Du träffar en människa med en liknande erfarenhet som din. Du delar din egen och lyssnar på hennes.",
            "You meet someone whose experience is like your own. You share yours and listen to theirs.",
        ),
    ),
    TaskPlan(
        "last_days",
        Service.TOIVO,
        Text3("Saattohoidon tukihenkilö", "Stödperson i palliativ vård", "End-of-life companion"),
        Text3(
            "Olet läsnä ihmisen viimeisinä päivinä, kun läheiset eivät ehdi tai heitä ei ole.",
            "Du är närvarande under en människas sista dagar, när de närstående inte hinner eller inte finns.",
            "You are there in a person's last days, when loved ones can't be or there are none.",
        ),
    ),
    TaskPlan(
        "lobby",
        Service.ILONA,
        Text3("Aula-avustaja", "Aulavärd", "Lobby assistant"),
        Text3(
            "Tervehdit tulijoita aulassa, autat ilmoittautumaan ja saatat oikealle ovelle.",
            "Du hälsar på dem som kommer, hjälper till med anmälan och följer med till rätt dörr.",
            "You greet people in the lobby, help them check in and walk them to the right door.",
        ),
    ),
    TaskPlan(
        "chat",
        Service.ILONA,
        Text3("Juttukaveri", "Samtalskamrat", "Chat companion"),
        Text3(
            "Istut hetkeksi seuraksi osastolla: juttelet, luet lehteä tai pelaat korttia.",
            "Du håller sällskap på avdelningen en stund: pratar, läser tidningen eller spelar kort.",
            "You keep someone company on the ward for a while: a chat, the newspaper or a game of cards.",
        ),
    ),
    TaskPlan(
        "performer",
        Service.ILONA,
        Text3("Esiintyjä", "Uppträdande", "Performer"),
        Text3(
            "Laulat, soitat tai luet ääneen aulassa, osastolla tai Kumppanuustalossa.",
            "Du sjunger, spelar eller läser högt i aulan, på avdelningen eller i Kumppanuustalo.",
            "You sing, play or read aloud in the lobby, on a ward or at Kumppanuustalo.",
        ),
    ),
    TaskPlan(
        "play",
        Service.ILONA,
        Text3("Leikkikaveri", "Lekkamrat", "Play companion"),
        Text3(
            "Leikit, piirrät ja luet lapsen kanssa lastenosastolla. Tehtävään pyydetään rikosrekisteriote.",
            "Du leker, ritar och läser med ett barn på barnavdelningen. För uppdraget begärs ett straffregisterutdrag.",
            "You play, draw and read with a child on the children's ward. "
            "A criminal record extract is asked for this task.",
        ),
        with_children=True,
    ),
    TaskPlan(
        "support",
        Service.SUPPORT_POINT,
        Text3(
            "Tuki- ja ohjauspisteen päivystäjä",
            "Jourhavande vid stöd- och handledningspunkten",
            "Support and guidance point volunteer",
        ),
        Text3(
            "Otat asiakkaita vastaan työntekijän parina ja ohjaat palvelujen ja yhdistysten luo.",
            "Du tar emot besökare tillsammans med en anställd och visar vägen till tjänster och föreningar.",
            "You welcome visitors together with an employee and guide them to services and associations.",
        ),
    ),
    TaskPlan(
        "digital",
        Service.SUPPORT_POINT,
        Text3("Digiopastaja", "Digihandledare", "Digital guide"),
        Text3(
            "Neuvot sähköisten palvelujen käytössä. Asiakas naputtelee itse, sinä istut vieressä.",
            "Du hjälper till med e-tjänster. Besökaren trycker själv, du sitter bredvid.",
            "You help people use e-services. They do the tapping, you sit beside them.",
        ),
    ),
    TaskPlan(
        "guide",
        Service.SUPPORT_POINT,
        Text3("Opastaja", "Vägvisare", "Wayfinding guide"),
        Text3(
            "Näytät tietä terveysasemalla ja kuljet mukana perille, kun reitti on vaikea.",
            "Du visar vägen på hälsostationen och följer med ända fram när det är svårt att hitta.",
            "You show the way at the health station and come along when the route is hard.",
        ),
    ),
    TaskPlan(
        "room",
        Service.HEALTH_ROOM,
        Text3(
            "Terveystietotuvan päivystäjä",
            "Jourhavande i hälsoinformationsstugan",
            "Health information room volunteer",
        ),
        Text3(
            "Pidät tuvan ovea auki, keität kahvit ja autat löytämään luotettavaa terveystietoa.",
            "Du håller stugan öppen, kokar kaffe och hjälper till att hitta pålitlig hälsoinformation.",
            "You keep the room open, make the coffee and help people find health information they can trust.",
        ),
    ),
)
