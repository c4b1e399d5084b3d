"""What the database remembers of the talk: policies, conversations, messages, waits, and what was said by itself."""

from chat.models.attachment import Attachment, FileState
from chat.models.consent import OtherConsent
from chat.models.conversation import (
    Conversation,
    ConversationQuerySet,
    Message,
    MessageKind,
    MessageVersion,
    State,
    Via,
)
from chat.models.drafts import Draft, DraftState
from chat.models.epoch import Epoch, current_epoch
from chat.models.faq import FaqAnswer, FaqEntry, FaqUse, FaqVerdict, Helped
from chat.models.habits import Habits
from chat.models.ownership import Cause, OwnershipInterval
from chat.models.policy import ChatPolicy, KindPolicy, KindText, Mode, PolicyKind, PresetApplication, Promise
from chat.models.presence import Intent, Presence, StatusInterval
from chat.models.prompts import Opener, Prompt, PromptSetting, PromptShown, Side
from chat.models.records import AutomaticRecord, Episode, OwedReply, Wait

__all__ = [
    "Attachment",
    "AutomaticRecord",
    "Cause",
    "ChatPolicy",
    "Conversation",
    "ConversationQuerySet",
    "Draft",
    "DraftState",
    "Episode",
    "Epoch",
    "FaqAnswer",
    "FaqEntry",
    "FaqUse",
    "FaqVerdict",
    "FileState",
    "Habits",
    "Helped",
    "Intent",
    "KindPolicy",
    "KindText",
    "Message",
    "MessageKind",
    "MessageVersion",
    "Mode",
    "Opener",
    "OtherConsent",
    "OwedReply",
    "OwnershipInterval",
    "PolicyKind",
    "Presence",
    "PresetApplication",
    "Promise",
    "Prompt",
    "PromptSetting",
    "PromptShown",
    "Side",
    "State",
    "StatusInterval",
    "Via",
    "Wait",
    "current_epoch",
]
