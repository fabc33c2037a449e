"""Activity data in the forms that analysts' programs take; pure writers, one file a form."""
