"""Speech: transcripts, uploaded recordings, spoken questions, coaching on delivery."""
