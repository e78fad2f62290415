"""Events at the edge: invitations and reminders through the ledger, calendars, sheets to print, the door."""
