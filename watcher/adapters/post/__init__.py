"""Ways to people: mail over SMTP, the only place with smtplib, and webhooks as Slack takes them."""

from watcher.adapters.post.mail import Mail, Server
from watcher.adapters.post.webhook import Webhook

__all__ = ["Mail", "Server", "Webhook"]
