"""A form that says on its standard output, a line of JSON each, what is done to it. Runs in the system's Python."""

import json
import sys
import tkinter as tk
from typing import Any


def say(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


root = tk.Tk()
root.title("Form")
root.geometry("500x400+100+100")
value = tk.StringVar()
value.trace_add("write", lambda *_: say(entry=value.get()))
entry = tk.Entry(root, textvariable=value, font=("Helvetica", 14))
entry.pack(fill="x")
clicks = 0


def click() -> None:
    global clicks
    clicks += 1
    say(clicks=clicks)


button = tk.Button(root, text="Send", command=click)
button.pack()
canvas = tk.Canvas(root, background="#204060", height=250)
canvas.pack(fill="both", expand=True)
menu = tk.Menu(root, tearoff=False, background="#ff00ff", activebackground="#ff00ff")
menu.add_command(label="Choose me", command=lambda: say(menu="chosen"))
wheel = 0
start = (0, 0)


def turned(step: int) -> None:
    global wheel
    wheel += step
    say(wheel=wheel)


def began(event: Any) -> None:
    global start
    start = (event.x, event.y)


def popped(event: Any) -> None:
    menu.tk_popup(event.x_root, event.y_root)
    say(menu="open")


canvas.bind("<Button-4>", lambda _: turned(-1))
canvas.bind("<Button-5>", lambda _: turned(1))
canvas.bind("<Button-1>", began)
canvas.bind("<ButtonRelease-1>", lambda event: say(drag=[*start, event.x, event.y]))
canvas.bind("<Double-Button-1>", lambda _: say(double=True))
canvas.bind("<Button-3>", popped)
root.bind_all("<Control-Shift-T>", lambda _: say(shortcut="Control+Shift+T"))
root.bind_all("<Control-s>", lambda _: say(shortcut="Control+s"))
root.bind_all("<F5>", lambda _: say(shortcut="F5"))
root.bind_all("<Alt-Left>", lambda _: say(shortcut="Alt+ArrowLeft"))
entry.bind("<FocusIn>", lambda _: say(focus=True))
entry.bind("<FocusOut>", lambda _: say(focus=False))


def ready() -> None:
    root.update()
    places = {
        name: [each.winfo_rootx(), each.winfo_rooty(), each.winfo_width(), each.winfo_height()]
        for name, each in (("entry", entry), ("button", button), ("canvas", canvas))
    }
    say(ready=places)
    focus()


def focus() -> None:
    """The window manager may give the focus to somebody else first."""
    entry.focus_force()
    root.update()
    if root.focus_displayof() is not entry:
        root.after(50, focus)


root.after(200, ready)
root.mainloop()
