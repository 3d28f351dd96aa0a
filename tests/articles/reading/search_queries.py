"""What readers look for, and what they have to find first: Italian and English.

The articles are short and sound like real ones; the launch article stands beside them. Each query
names the article that comes first, "" for a page that has found nothing.
"""

LAUNCH = "launch"

# By the name under which the queries know it, in Italian and in English: title, lead and text.
ARTICLES = {
    "checkpoint": (
        ("Gli inibitori dei checkpoint immunitari", "Tolgono il freno ai linfociti T.",
         "<p>Gli anticorpi anti-PD-1 e anti-PD-L1, come pembrolizumab e nivolumab, bloccano i "
         "checkpoint. Anche CTLA-4 è un checkpoint.</p>"),
        ("Immune checkpoint inhibitors", "They release the brake on T cells.",
         "<p>Anti-PD-1 and anti-PD-L1 antibodies, such as pembrolizumab and nivolumab, block "
         "checkpoints. CTLA-4 is a checkpoint too.</p>"),
    ),
    "chemo": (
        ("Chemioterapia e immunoterapia insieme", "Perché a volte si danno nello stesso periodo.",
         "<p>La chemioterapia colpisce le cellule che si dividono in fretta. Nausea, vomito e "
         "perdita dei capelli passano dopo la fine della cura.</p>"),
        ("Chemotherapy and immunotherapy together", "Why they are sometimes given at one time.",
         "<p>Chemotherapy hits cells that divide fast. Nausea, vomiting and hair loss pass after "
         "the end of treatment.</p>"),
    ),
    "fatigue": (
        ("La stanchezza durante la cura", "È l’effetto collaterale più frequente.",
         "<p>Chi è stanco si riposa, ma camminare ogni giorno aiuta. L’anemia e la tiroide vanno "
         "controllate con gli esami del sangue.</p>"),
        ("Fatigue during treatment", "It is the most frequent side effect.",
         "<p>Rest when you are tired, but walking every day helps. Anaemia and the thyroid should "
         "be checked with blood tests.</p>"),
    ),
    "colitis": (
        ("Diarrea e colite: quando chiamare", "Più di quattro scariche al giorno vanno riferite.",
         "<h2>La cura con il cortisone</h2><p>La colite da immunoterapia si cura con i "
         "corticosteroidi. Chiami il suo oncologo.</p>"),
        ("Diarrhoea and colitis: when to call", "Report more than four stools a day.",
         "<h2>Treatment with steroids</h2><p>Colitis caused by immunotherapy is treated with "
         "corticosteroids. Call your oncologist.</p>"),
    ),
    "melanoma": (
        ("Il melanoma: le cure di oggi", "Dalla chirurgia alla terapia adiuvante.",
         "<p>Il melanoma metastatico si può curare con nivolumab e ipilimumab. Le metastasi al "
         "cervello richiedono un percorso a parte.</p>"),
        ("Melanoma: the treatments of today", "From surgery to adjuvant therapy.",
         "<p>Metastatic melanoma can be treated with nivolumab and ipilimumab. Metastases in the "
         "brain need a path of their own.</p>"),
    ),
    "lung": (
        ("Il tumore del polmone", "Le cure cambiano con il tipo di tumore.",
         "<p>Nel tumore del polmone non a piccole cellule si misura PD-L1. La polmonite è un "
         "effetto raro della cura.</p>"),
        ("Lung cancer", "Treatment depends on the kind of tumour.",
         "<p>In non-small-cell lung cancer PD-L1 is measured. Pneumonitis is a rare effect of "
         "treatment.</p>"),
    ),
    "car-t": (
        ("Le cellule CAR-T", "I linfociti del paziente, modificati in laboratorio.",
         "<p>La terapia CAR-T si usa in alcuni linfomi e leucemie. La febbre alta può essere il "
         "segno di una sindrome da rilascio di citochine.</p>"),
        ("CAR-T cells", "The patient’s lymphocytes, modified in the laboratory.",
         "<p>CAR-T therapy is used in some lymphomas and leukaemias. A high fever can be the sign "
         "of a cytokine release syndrome.</p>"),
    ),
    "vaccines": (
        ("I vaccini durante l’immunoterapia", "Influenza, Covid e gli altri: che cosa si può fare.",
         "<p>I vaccini inattivati si possono fare. Quelli vivi vanno discussi con il medico.</p>"),
        ("Vaccines during immunotherapy", "Flu, Covid and the others: what you can have.",
         "<p>Inactivated vaccines are possible. Live ones should be discussed with your doctor."
         "</p>"),
    ),
    "food": (
        ("Che cosa mangiare durante la terapia", "Una dieta varia è la scelta migliore.",
         "<p>Frutta, verdura e fibre. Perché il pompelmo interagisce con alcuni farmaci, ne parli "
         "con il medico. Bevande alcoliche: il meno possibile.</p>"),
        ("What to eat during therapy", "A varied diet is the best choice.",
         "<p>Fruit, vegetables and fibre. Grapefruit interacts with some medicines, so ask your "
         "doctor. Alcoholic drinks: as little as possible.</p>"),
    ),
    "trials": (
        ("Partecipare a uno studio clinico", "Che cosa vuol dire, e a chi chiedere.",
         "<p>In uno studio randomizzato il caso decide chi riceve quale cura. Il consenso "
         "informato si firma prima.</p>"),
        ("Taking part in a clinical trial", "What it means, and whom to ask.",
         "<p>In a randomised trial chance decides who gets which treatment. Informed consent is "
         "signed first.</p>"),
    ),
    "pregnancy": (
        ("Gravidanza e fertilità", "Che cosa sapere prima di cominciare.",
         "<p>Durante l’immunoterapia e nei cinque mesi dopo l’ultima dose si evita la gravidanza. "
         "Gli ovociti si possono conservare.</p>"),
        ("Pregnancy and fertility", "What to know before you begin.",
         "<p>Pregnancy is avoided during immunotherapy and in the five months after the last dose. "
         "Eggs can be stored. Oestrogen levels may change.</p>"),
    ),
    "survival": (
        ("Leggere i numeri della sopravvivenza", "Che cosa dicono le percentuali, e che cosa no.",
         "<p>La sopravvivenza globale e la sopravvivenza libera da progressione non sono la stessa "
         "cosa. La mediana divide un gruppo in due.</p>"),
        ("Reading survival figures", "What percentages say, and what they do not.",
         "<p>Overall survival and progression-free survival are not the same. The median divides a "
         "group in two.</p>"),
    ),
}  # fmt: skip

QUERIES = {
    "it": {
        "immunoterapia": LAUNCH,
        "l'immunoterapia": LAUNCH,
        "dell’immunoterapia": LAUNCH,
        "immunoterapie come funzionano": LAUNCH,
        "sistema immunitario": LAUNCH,
        '"sistema immunitario"': LAUNCH,
        "perdita capelli": "chemo",
        "chemio": "chemo",
        "chemioterapie": "chemo",
        "chemoterapia": "chemo",
        "ICI": "checkpoint",
        "inibitore del checkpoint": "checkpoint",
        "chekpoint": "checkpoint",
        "pd1": "checkpoint",
        "PD-1": "checkpoint",
        "pd 1": "checkpoint",
        "ctla4": "checkpoint",
        "stanco": "fatigue",
        "stanchezze": "fatigue",
        "anemia tiroide": "fatigue",
        "diarree": "colitis",
        "cortisone colite": "colitis",
        "melanomi metastatici": "melanoma",
        "tumori polmonari": "lung",
        "cart": "car-t",
        "vaccinazione influenza": "vaccines",
        "mangio": "food",
        "PERCHE POMPELMO": "food",
        "gravidanze e fertilita": "pregnancy",
        "sopravvivenza globale": "survival",
        "OS": "survival",
        "clinical trial": "trials",
        "che cosa": "food",
        "qwertyuiop": "",
    },
    "en": {
        "immunotherapy how it works": LAUNCH,
        "immune system": LAUNCH,
        "chemo": "chemo",
        "chemotherapies": "chemo",
        "losing hair": "chemo",
        "ICIs": "checkpoint",
        "checkpoint inhibitor": "checkpoint",
        "chekpoint inhibitrs": "checkpoint",
        "anti pd-1": "checkpoint",
        "pdl1 antibody": "checkpoint",
        "tired": "fatigue",
        "fatigued": "fatigue",
        "anemia": "fatigue",
        "anaemic": "fatigue",
        "diarrhea": "colitis",
        "steroid": "colitis",
        "metastasis brain": "melanoma",
        '"adjuvant therapy"': "melanoma",
        "lung tumors": "lung",
        "pneumonits": "lung",
        "leukemia": "car-t",
        "CAR T cell": "car-t",
        "vaccine": "vaccines",
        "vaccinated flu": "vaccines",
        "what to eat": "food",
        "fiber": "food",
        "randomized trials": "trials",
        "estrogen": "pregnancy",
        "pregnant": "pregnancy",
        "overall survival": "survival",
        "PFS": "survival",
        "chemioterapia": "chemo",
        "survival of the fattest": "survival",
        "🙂": "",
    },
}
