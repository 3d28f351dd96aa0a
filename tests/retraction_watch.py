"""The list of Retraction Watch, as Crossref publishes it, for the tests of its import."""

HEAD = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,"
    "RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,"
    "OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes"
)


def row(
    number: int,
    *,
    doi="unavailable",
    pmid="0",
    nature="Retraction",
    day="3/25/2019 0:00",
    notice="10.1000/notice",
    reason="+Error in Data;",
) -> str:
    """A row of it."""
    return (
        f'{number},"A, title",(BLS),Bologna,J,P,Italy,"A;B",,"Article;",{day},{notice},0,'
        f'1/1/2010 0:00,{doi},{pmid},{nature},"{reason}",No,'
    )


def listing(*rows: str) -> bytes:
    """The whole of it, with some rows."""
    return "".join(f"{line}\n" for line in (HEAD, *rows)).encode()
