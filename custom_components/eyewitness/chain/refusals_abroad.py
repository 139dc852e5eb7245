"""How models begin when they decline in other languages than English."""

# ruff: noqa: RUF001 - letters of other languages

from typing import Final


def _no_picture(none: str, given: str) -> str:
    """Return a pattern for a sentence that says that no picture was given."""
    return rf"(?=[^.;]{{0,80}}?(?:{given}))[^.;,]{{0,40}}?\b(?:{none})"


_GERMAN: Final = (
    r"(?:es )?tut (?:mir|uns) (?:sehr |wirklich )?leid\b",
    r"entschuldigung\W+(?:aber|ich|dabei|das)\b",
    r"(?:ich entschuldige|ich bedaure|bedauerlicherweise)\b",
    r"als (?:ein |eine )?(?:ki|k\.i\.|künstliche|sprachmodell|großes sprach)",
    r"ich bin (?:nur |lediglich )?(?:ein |eine )(?:ki\b|künstliche|sprachmodell|großes sprach)",
    (
        r"(?:leider |ich |dabei |damit |das |diese[ns]? )[^.,]{0,20}?(?:kann"
        r"|darf) [^.,]{0,30}?nicht "
        r"(?:helfen|weiterhelfen|beschreiben|bearbeiten|analysieren|verarbeiten|tun|beantworten)\b"
    ),
    r"das kann ich (?:leider )?nicht\W*$",
    r"(?:leider )?(?:ist|war) es mir (?:leider )?nicht möglich",
    r"ich habe (?:leider )?keinen? (?:zugriff|zugang|möglichkeit|bild|foto)",
    (
        r"ich (?:kann|darf)(?: leider)? keine personen[^.,]{0,30} (?:identifizieren|beschreiben"
        r"|erkennen)\W*$"
    ),
    _no_picture(
        r"kein (?:bild|foto)", "angehängt|hochgeladen|bereitgestellt|übermittelt|gesendet|nachricht"
    ),
    r"bitte (?:laden?|senden?|schicken?|stellen?|fügen?|geben?)\b[^.]{0,40}\b(?:bild|foto)",
    (
        r"(?:leider )?(?:ich )?(?:kann|darf|bin)(?: ich| leider| nicht| es mir)* (?:keine (?:bilder"
        r"|fotos|personen identif)|(?:diese|dieses|das|die) (?:bild|anfrage|foto)|dabei|dir|ihnen"
        r"|nicht in der lage|nicht (?:helfen|weiterhelfen)|helfen)"
    ),
)
_FRENCH: Final = (
    r"(?:je suis|nous sommes) (?:vraiment |sincèrement )?désolée?s?\b",
    r"désolée?s?(?:[,.!;]| mais| de\b|\W*$)",
    r"je suis (?:incapable de |une? )(?:voir|ia\b|intelligence|modèle|assistant|décrire|traiter)",
    _no_picture(
        "aucune (?:image|photo)|pas d'image", "jointe|fournie|reçue|envoyée|partagée|message"
    ),
    (
        r"(?:veuillez|pourriez-vous|pouvez-vous|merci de) (?:me )?(?:fournir|joindre|envoyer"
        r"|partager"
        r"|télécharger)\b"
    ),
    r"(?:je m'excuse|je regrette|veuillez m'excuser|excusez-moi\W+(?:mais|je))\b",
    r"en tant qu(?:e |')(?:une? )?(?:ia|intelligence|modèle|assistant)\b",
    (
        r"(?:malheureusement\W+)?je (?:ne (?:peux|puis|suis)|n'ai) pas (?:(?:vous |t')?(?:aider"
        r"|assister|répondre|accéder|fournir|(?:voir|visualiser|analyser|décrire|traiter"
        r"|identifier) "
        r"[^.,]{0,24}?(?:images?|photos?|contenu|personnes|demande))"
        r"|en mesure|capable|autorisé|la (?:capacité|possibilité)|accès)"
    ),
)
_SPANISH: Final = (
    r"lo (?:siento|lamento)(?:[,.!;]| pero| mucho|\W*$)",
    r"(?:(?:te |le )?pido disculpas|mis disculpas)\b",
    r"soy (?:solo )?(?:una? )?(?:ia|inteligencia|modelo|asistente)\b",
    r"(?:disculp[ae]|perdón|perdona)\W+(?:pero|no|por)\b",
    (
        r"no (?:tengo (?:la )?(?:acceso|capacidad|ninguna imagen)|he recibido (?:la"
        r"|ninguna) (?:imagen|foto))"
    ),
    _no_picture("ninguna (?:imagen|foto)", "adjunta|proporcionad|recibid|enviad|compartid|mensaje"),
    r"por favor\W+(?:proporcion|sub[ea]|adjunt|envía?|comparte?)\w*\b",
    r"(?:lamentablemente|desafortunadamente)\W+no\b",
    r"como (?:una? )?(?:ia|inteligencia artificial|modelo de)\b",
    (
        r"no (?:puedo|soy capaz|me es posible|estoy (?:en condiciones|autorizad[oa]))(?: de)? "
        r"(?:ayudar|asistir|ver (?:la |las )?im|analizar (?:la |las )?im|describir (?:la |las )?im"
        r"|procesar|acceder|cumplir|responder|proporcionar|identificar (?:a )?(?:las )?personas)"
    ),
)
_ITALIAN: Final = (
    r"mi (?:di)?spiace\b",
    r"(?:mi scuso|sono spiacente|chiedo scusa)\b",
    r"sono (?:solo )?(?:un'|una? )(?:ia|intelligenza|modello|assistente)\b",
    r"(?:purtroppo|sfortunatamente)\W+non\b",
    r"non ho (?:accesso|la capacità|ricevuto)",
    _no_picture("nessuna (?:immagine|foto)", "allegat|fornit|ricevut|inviat|caricat|messaggio"),
    r"(?:per favore|per cortesia)\W+(?:carica|fornisci|invia|allega|condividi)\b",
    r"(?:in quanto|come) (?:un')?(?:ia|intelligenza artificiale|modello linguistico|modello di)\b",
    (
        r"non (?:posso|sono in grado|mi è possibile)(?: di)? (?:aiutar|assister|vedere (?:le "
        r"|l'|questa )?imm"
        r"|visualizzare|analizzare|descrivere (?:le |l'|questa )?imm|elaborare|accedere|soddisfare"
        r"|rispondere|fornire|identificare (?:le )?persone)"
    ),
)
_DUTCH: Final = (
    r"(?:het )?spijt me\b",
    r"(?:mijn (?:excuses|verontschuldiging)|excuses\W+(?:maar|ik))",
    r"sorry\W+(?:maar|ik)\b",
    _no_picture("geen (?:afbeelding|foto)", "bijgevoegd|ontvangen|geüpload|verstrekt|bericht"),
    r"(?:upload|stuur|voeg|deel)(?: alsjeblieft| alstublieft)?[^.]{0,12} (?:afbeelding|foto)\b",
    r"ik heb (?:helaas )?geen toegang",
    r"ik kan dit(?: helaas)? niet (?:beschrijven|doen|bekijken)",
    r"helaas (?:kan|ben|mag) ik\b",
    r"ik ben (?:slechts |maar )?een (?:ai|taalmodel|kunstmatige|assistent)\b",
    r"als (?:een )?(?:ai|taalmodel|kunstmatige)\b",
    (
        r"ik (?:kan|ben|mag|heb)(?: helaas| niet| geen| dit| deze| de)* (?:verzoek"
        r"|afbeelding(?:en)?"
        r"|foto'?s?|in staat|helpen|(?:daarbij|hierbij|je|u)(?: hier| daar)?(?:mee"
        r"|bij)? (?:niet|helpen))\b"
    ),
)
_NORDIC: Final = (
    r"(?:jeg |vi )?beklager\b",
    r"(?:undskyld|unnskyld|förlåt|ursäkta)\W+(?:men|jeg|jag)\b",
    r"(?:desværre|dessverre|tyvärr) (?:(?:kan|er|är) (?:jeg|jag)|(?:er|är) det (?:ikke|inte))\b",
    _no_picture(
        "(?:ikke|inte|ingen|ingent|ikke noget|noget) (?:bilde?|billede|foto)|ingen bild",
        "vedhæftet|vedlagt|bifoga|modtaget|mottatt|skickat|meddela",
    ),
    r"(?:jeg|jag) har (?:desværre |dessverre |tyvärr )?(?:ikke|inte) (?:adgang|tilgang|tillgång)",
    r"(?:jeg|jag) kan (?:desværre |dessverre |tyvärr )?(?:ikke|inte) se (?:bille|bild)",
    r"(?:jag (?:är (?:hemskt |verkligen )?ledsen|beklagar|ber om ursäkt))\b",
    r"(?:det gør mig ondt|jeg er ked af)\b",
    r"som (?:en )?(?:ai|kunstig|språkmodell?|sprogmodel)\b",
    r"(?:jeg er|jag är) (?:bare |bara )?en (?:ai|kunstig|språkmodell?|sprogmodel)\b",
    (
        r"(?:jeg|jag|det|dette|detta|dessverre|desværre|tyvärr) (?:kan|er"
        r"|är) [^.,]{0,24}?(?:ikke|inte) "
        r"[^.,]{0,16}?(?:hjelp|hjælp|hjälp|beskriv[ea] (?:bil|det)|analyser|behandl)"
    ),
    (
        r"(?:jeg|jag) (?:kan|er|är) (?:ikke|inte)(?: i stand til(?: å| at)?"
        r"| kapabel att)? (?:hjelpe"
        r"|hjælpe|hjälpa|se bild|se bille|behandle|behandla|analysere|analysera"
        r"|beskrive (?:bil|dette)"
        r"|beskriva bil|assistere|vise|visa|svare|svara|opfylde)"
    ),
)
_POLISH_CZECH: Final = (
    r"(?:bardzo )?(?:przepraszam|przykro mi)\b",
    r"niestety\W+nie (?:mogę|jestem|mam)\b",
    _no_picture("żadnego (?:obrazu|zdjęcia)", "załączon|przesłan|widzę|dostarczon|otrzyma"),
    r"nie mam (?:dostępu|możliwości)",
    r"proszę\W+(?:przesłać|prześlij|załącz|o przesłanie|dostarcz)",
    r"jako (?:model|sztuczna|ai|asystent)\b",
    r"jestem (?:tylko )?(?:modelem|sztuczną|ai|asystentem)\b",
    r"nie (?:mogę|jestem w stanie) \w+ (?:tego |tych )?(?:obraz|zdję)",
    (
        r"nie (?:mogę|jestem w stanie) (?:pomóc|zobaczyć obraz|wyświetl|przeanaliz|analiz"
        r"|opisać (?:tego )?obraz"
        r"|przetworzyć|spełnić|odpowied|udziel|tego)"
    ),
    r"(?:omlouvám se|je mi líto|bohužel nemohu)\b",
)
_PORTUGUESE: Final = (
    r"(?:me )?desculp[ae](?:[,.!;]? (?:mas|não|por|eu)\b|\W*$)",
    r"sou (?:apenas )?(?:uma? )?(?:ia|inteligência|modelo|assistente)\b",
    r"(?:eu )?(?:sinto muito|lamento|peço desculpa)",
    r"infelizmente\W+(?:eu )?não (?:posso|consigo|sou|é)\b",
    r"como (?:uma? )?(?:ia|inteligência artificial|modelo de)\b",
    _no_picture("nenhuma (?:imagem|foto)", "enviada|anexada|fornecida|recebida|mensagem"),
    r"(?:eu )?não tenho (?:acesso|a capacidade)",
    r"por favor\W+(?:envi[ae]|forneça|anex[ae]|carregue|compartilhe)\b",
    (
        r"(?:eu )?não (?:posso|consigo|sou capaz|é possível)(?: de)? (?:ajudar|atender"
        r"|ver (?:as )?imag"
        r"|visualizar|analisar|descrever (?:a |as )?imag|processar|acessar|aceder|responder"
        r"|fornecer"
        r"|cumprir|identificar (?:as )?pessoas)"
    ),
)
_PRIVACY: Final = (
    r"aus (?:datenschutz|sicherheits)\w+ (?:kann|darf) ich|pour des raisons de \w+\W+je ne",
    r"por (?:motivos|razones) de \w+\W+no puedo|per motivi di \w+\W+non posso",
    r"om privacyredenen kan ik|vanwege privacy\w* kan ik",
)
_OTHERS: Final = (
    (
        r"(?:olen )?pahoillani|pahoittelen|(?:valitettavasti )?en (?:voi|pysty) (?:auttaa"
        r"|nähdä|katsoa|kuvailla"
        r"|käsitellä)|anteeksi\W+mutta"
    ),  # Finnish
    r"sajnálom|sajnos nem (?:tudok|áll)",  # Hungarian
    r"îmi pare rău|ne pare rău|din păcate\W+nu pot",  # Romanian
    r"(?:çok )?üzgünüm|özür dilerim|maalesef (?:bu|size|yardım)",  # Turkish
    r"извините|простите\W+но|(?:мне )?(?:очень )?жаль\W|к сожалению\W+я|приношу извинения",
    (
        r"я не могу (?:помочь|просм|обраб|описать (?:это )?из|проанализ|выполн|ответ)"
        r"|как (?:ии|языковая)\b"
    ),
    r"вибачте|перепрошую|на жаль\W+я|λυπάμαι|συγγνώμη|δυστυχώς δεν μπορώ",
    r"(?:很|非常|真的)?(?:抱歉|对不起|對不起)|作为(?:一个|一名)?(?:ai|人工|语言)",
    r"я не вижу (?:\w+ )?(?:изображени|картин|фото)|пожалуйста\W+(?:загруз|пришл|отправ|предостав)",
    r"我(?:无法|不能|没办法|没有办法)(?:协助|帮助|查看|处理|分析|提供|满足|描述(?:这|该|此)|看图)",
    r"我?(?:看不到|没有看到|未收到|没有收到)[^。]{0,8}(?:图片|图像|照片)|[请請](?:上传|提供|發送|发送|上傳)",
    r"申し訳(?:ありません|ございません)|すみません|恐れ入りますが",
    r"(?:[^。]{0,16}を)?(?:画像|写真)(?:が見つかりません|が添付|を(?:提供|添付|アップ|送|見ることができ))",
    r"私はai|その(?:ご要望|リクエスト|質問)には|도움을 드릴 수 없|도와드릴 수 없",
    r"죄송(?:합니다|하지만)|미안하지만|(?:이미지|사진)(?:를|을) (?:볼 수 없|제공|업로드|첨부)",
    r"عذر|آسف|أعتذر|لا أستطيع مساعد|לצערי|מצטער|क्षमा|माफ|(?:मुझे )?खेद है",
    r"xin lỗi|tôi không thể (?:giúp|hỗ trợ|xem)|maaf\b|ขออภัย|ho sento|lo sento",
)

OTHER_LANGUAGES: Final = (
    *(*_GERMAN, *_FRENCH, *_SPANISH, *_ITALIAN, *_DUTCH),
    *(*_NORDIC, *_POLISH_CZECH, *_PORTUGUESE, *_PRIVACY, *_OTHERS),
)
"""Patterns in small letters, with straight apostrophes."""
