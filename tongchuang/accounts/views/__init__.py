"""Sign-in, units and people, the audit log."""

from tongchuang.accounts.views.sign_in import locked_out

__all__ = ["locked_out"]
