"""Scrapy's settings: polite, deaf to commands from outside, and off every scheme but http and https.

What an operator sets (contact, delays, proxy) comes with the request; the spider adds it.
"""

from importlib.util import find_spec

BOT_NAME = "nianbao"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# Scrapy 2.19 opens a port that executes what it is sent, unless told not to.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

DOWNLOAD_HANDLERS = {
    "http": "crawler.tls.NotingHandler",
    "https": "crawler.tls.NotingHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
TWISTED_DNS_RESOLVER = "crawler.addresses.AddressGuard"
DNS_TIMEOUT = 20

ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 256
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 2.0
DOWNLOAD_DELAY_JITTER = 0
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
RETRY_ENABLED = False
HTTPERROR_ALLOW_ALL = True
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
}

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawler.middlewares.OwnHostMiddleware": 50,
    "crawler.robots.RobotsMiddleware": 100,
}

EXTENSIONS = {"crawler.middlewares.Pace": 0}

ASYNCIO_EVENT_LOOP = "uvloop.Loop" if find_spec("uvloop") else None
MEMUSAGE_LIMIT_MB = 1536
LOG_LEVEL = "INFO"
LOG_COLOR = False
