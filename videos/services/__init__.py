"""What can be done with videos: upload them, caption them, have the demo film made."""

from videos.services.captions import add_captions, remove_captions
from videos.services.refusals import Refused
from videos.services.uploads import begin_upload, cancel_upload, give_up_abandoned, receive
from videos.services.versions import create_video, queue_demo_film

__all__ = [
    "Refused",
    "add_captions",
    "begin_upload",
    "cancel_upload",
    "create_video",
    "give_up_abandoned",
    "queue_demo_film",
    "receive",
    "remove_captions",
]
