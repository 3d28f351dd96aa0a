"""British spelling. Pure: takes a word, returns it as Americans write it.

It is for words that are compared with one another, all of which have come through here: "disease"
is left alone, but "rise" becomes "rize", which nobody sees.
"""

import re
from functools import partial

# The language that has two spellings.
STEMMER = "english"

_WORDS = {
    "aluminium": "aluminum",
    "analyses": "analysis",
    "bacteria": "bacterium",
    "behove": "behoove",
    "biases": "bias",
    "cheque": "check",
    "children": "child",
    "cosy": "cozy",
    "criteria": "criterion",
    "diagnoses": "diagnosis",
    "enrol": "enroll",
    "enrolment": "enrollment",
    "fulfil": "fulfill",
    "grey": "gray",
    "jewellery": "jewelry",
    "kerb": "curb",
    "licence": "license",
    "men": "man",
    "metastases": "metastasis",
    "mould": "mold",
    "moult": "molt",
    "mum": "mom",
    "nuclei": "nucleus",
    "practise": "practice",
    "practised": "practiced",
    "practising": "practicing",
    "prognoses": "prognosis",
    "programme": "program",
    "programmes": "programs",
    "sceptical": "skeptical",
    "skilful": "skillful",
    "stimuli": "stimulus",
    "storey": "story",
    "thromboses": "thrombosis",
    "tonne": "ton",
    "tyre": "tire",
    "whilst": "while",
    "wilful": "willful",
    "women": "woman",
}
_OUR = (
    "arm|behavi|cand|clam|col|endeav|fav|ferv|flav|glam|harb|hon|hum|lab|neighb|od|parl|ranc|rig"
    "|rum|sav|splend|succ|tum|val|vap|vig"
)
_RULES = [
    partial(re.compile(pattern).sub, replacement)
    for pattern, replacement in (
        # tumour, colourless, antitumour
        (rf"({_OUR})our", r"\1or"),
        # haemoglobin, leukaemia, paediatric, anaesthetic
        (r"(?<=[b-df-hj-np-z])ae(?=[b-df-hj-np-z])|^ae(?=ti)", "e"),
        # oesophagus, oedema, oestrogen, foetus, diarrhoea, coeliac, dyspnoea
        (r"^oe(?=so|de|st)|(?<=^f)oe(?=t)|(?<=rrh)oe(?=a|i)|(?<=^c)oe(?=l)|(?<=pn)oe(?=a|i)", "e"),
        (r"(?<=man)oe(?=uv)|(?<=hom)oe(?=o|p)|(?<=am)oe(?=b)", "e"),
        # immunise, randomised, organisation
        (r"(?<=[a-z]{2})is(?=(?:e|ed|es|er|ers|ing|able|ation|ations|ational)$)", "iz"),
        # analyse, paralysed
        (r"ys(?=(?:e|ed|er|ers|ing)$)", "yz"),
        # centre, fibre, litre
        (r"(cent|fib|lit|met|theat|calib|tit|spect|lust|ochr|goit|sab)re(?=s?$|d$)", r"\1er"),
        # catalogue, dialogue
        (r"ogue(?=s?$)", "og"),
        # labelled, counselling, travelled, signalling
        (
            r"(label|model|counsel|cancel|travel|channel|level|fuel|tunnel|total|signal|initial|dial)"
            r"l(?=ed$|ing$|er$|ers$|or$|ors$)",
            r"\1",
        ),
        # defence, offence
        (r"^(def|off|pret)ence(?=s?$)", r"\1ense"),
        # sulphate
        (r"^sulph", "sulf"),
        # ageing, judgement
        (r"^(ag|judg|acknowledg)e(?=ing$|ment$|ments$)", r"\1"),
    )
]  # fmt: skip


def american(word: str) -> str:
    """Return a word, in small letters, as Americans write it."""
    known = _WORDS.get(word)
    if known:
        return known
    for rule in _RULES:
        word = rule(word)
    return word
