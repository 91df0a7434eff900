"""The partners' desk in a browser (`/doi-tac/`): what is asked, three ways to answer, files, one's own figures."""
