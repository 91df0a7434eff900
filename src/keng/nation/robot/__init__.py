"""A bank as a process of its own: it meets Kẻng only over the partner API and keeps its own ledger in its own file.

command.py   the options of `keng robot`          clock.py   the one clock          modes.py   how this bank behaves
process.py   the threads, and a clean stop        wire/      what is spoken with Kẻng: signatures, messages, client
books/       what the bank keeps, in one SQLite file: accounts, holds, requests, answers
doors/       the HTTP server: the partner API's other side, and the core banking door for the simulated nation
work/        what runs by itself: answers are sent, late ones decided, what was missed is fetched
"""
