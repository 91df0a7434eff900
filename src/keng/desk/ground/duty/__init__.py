"""Who is on duty, what they are trained in, and the hours and places without anybody trained."""
