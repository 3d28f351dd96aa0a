from articles.models.articles import Article, Audience, Byline, Citation
from articles.models.blocks import (
    BLOCKS,
    Attachment,
    Block,
    Callout,
    CareCard,
    Figure,
    KeyPoints,
    OwnArticle,
    Player,
    Question,
    Quote,
    RichText,
    Table,
    TimelineEntry,
)
from articles.models.corrections import Correction
from articles.models.documents import Document
from articles.models.drafts import Draft
from articles.models.editions import Edition
from articles.models.events import Event
from articles.models.feedback import FeedbackCount, FeedbackSentence
from articles.models.glossary import FormerTermSlug, MentionSearch, Term, TermMention
from articles.models.holds import Hold
from articles.models.home import Home
from articles.models.images import Image, Rendition
from articles.models.language_versions import LanguageVersion
from articles.models.leaflets import Leaflet
from articles.models.parity_answers import ParityAnswer
from articles.models.people import Contributor
from articles.models.presence import Presence
from articles.models.raised_severities import RaisedSeverity
from articles.models.recordings import Recording, Transcript
from articles.models.redirects import FormerSlug, OldAddress
from articles.models.retractions import EditionSource, Retraction, RetractionAnswer
from articles.models.search import SearchEntry, SearchWord
from articles.models.searches_in_vain import SearchInVain
from articles.models.settings import ArticleSettings
from articles.models.settlements import Settlement
from articles.models.severity import Severity
from articles.models.site_notices import SiteNotice
from articles.models.site_pages import SitePage
from articles.models.snapshots import Snapshot
from articles.models.sources import Source, SourceStatus
from articles.models.topics import Topic
from articles.models.watched_words import Clearance, WatchedWord

__all__ = [
    "BLOCKS",
    "Article",
    "ArticleSettings",
    "Attachment",
    "Audience",
    "Block",
    "Byline",
    "Callout",
    "CareCard",
    "Citation",
    "Clearance",
    "Contributor",
    "Correction",
    "Document",
    "Draft",
    "Edition",
    "EditionSource",
    "Event",
    "FeedbackCount",
    "FeedbackSentence",
    "Figure",
    "FormerSlug",
    "FormerTermSlug",
    "Hold",
    "Home",
    "Image",
    "KeyPoints",
    "LanguageVersion",
    "Leaflet",
    "MentionSearch",
    "OldAddress",
    "OwnArticle",
    "ParityAnswer",
    "Player",
    "Presence",
    "Question",
    "Quote",
    "RaisedSeverity",
    "Recording",
    "Rendition",
    "Retraction",
    "RetractionAnswer",
    "RichText",
    "SearchEntry",
    "SearchInVain",
    "SearchWord",
    "Settlement",
    "Severity",
    "SiteNotice",
    "SitePage",
    "Snapshot",
    "Source",
    "SourceStatus",
    "Table",
    "Term",
    "TermMention",
    "TimelineEntry",
    "Topic",
    "Transcript",
    "WatchedWord",
]
