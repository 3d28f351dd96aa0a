from articles.models.articles import Article, Audience, Byline, Citation
from articles.models.blocks import BLOCKS, Block, Callout, Figure, Quote, RichText
from articles.models.editions import Edition
from articles.models.home import Home
from articles.models.images import Image, Rendition
from articles.models.people import Contributor
from articles.models.references import Reference
from articles.models.topics import Topic

__all__ = [
    "BLOCKS",
    "Article",
    "Audience",
    "Block",
    "Byline",
    "Callout",
    "Citation",
    "Contributor",
    "Edition",
    "Figure",
    "Home",
    "Image",
    "Quote",
    "Reference",
    "Rendition",
    "RichText",
    "Topic",
]
