"""A partner as a process of its own: it meets Kẻng only over the partner API and keeps its own books in its own file.

command.py   the options of `keng robot`          clock.py   the one clock          modes.py   how this partner behaves
process.py   the threads, and a clean stop        desk.py    what is done with a request: versions, repeats, ends
wire/        what is spoken with Kẻng: signatures, messages, client
books/       what every partner keeps, in one SQLite file: requests, deeds and their history, copies, answers
kinds/       bank, carrier, registry, platform: its own books, its crafts, its door for the simulated nation
doors/       the HTTP server: the partner API's other side, the core door, what anybody may see
work/        what runs by itself: answers are sent, late ones decided, what was missed is fetched
"""
