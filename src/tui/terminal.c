/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * newterm, keys, sizes, clipboard.
 */
#include "tui/terminal.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

#include "explorer/command.h"
#include "tui/signals.h"

enum {
    /* Nothing is drawn beyond; ncurses keeps 28 bytes for each cell, so the
     * 65535 x 65535 that a terminal may claim would be 120 GB.
     */
    MOST_ROWS = 300,
    MOST_COLS = 500,
    /* Far beyond the codes from KEY_MAX + 1 that ncurses itself hands out to
     * the terminal's other keys; they have 16 bits.
     */
    PASTE_BEGIN = 0x7001,
    PASTE_END = 0x7002,
    ESCAPE_DELAY = 25, /* ms that may lie between ESC and the rest of a key */
    YANK_MOST = 4096,  /* bytes; terminals drop what is longer than they like */
};

/* --- which terminal --- */

/* Terminals that understand xterm's sequences, by the names they go by before
 * an old terminfo has heard of them.
 */
static const char *const modern[] = {
    "xterm", "ghostty", "alacritty", "foot",    "wezterm", "kitty",
    "tmux",  "screen",  "contour",   "konsole", "rio",     "vte",
    "gnome", "iterm",   "st-",       "rxvt",    "mlterm",  "putty",
};

static bool is_modern(const char *name)
{
    for (size_t i = 0; i < sizeof modern / sizeof *modern; i++) {
        if (strncmp(name, modern[i], strlen(modern[i])) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_capability(const char *name)
{
    const char *text = tigetstr(name);
    return text != NULL && text != (char *)-1;
}

static bool can_address(const char *name)
{
    int status = 0;
    if (setupterm(name, STDOUT_FILENO, &status) != OK || status != 1) {
        return false;
    }
    bool can = has_capability("cup");
    del_curterm(cur_term);
    return can;
}

const char *terminal_type(const char **reason)
{
    static const char fallback[] = "xterm-256color";
    const char *name = getenv("TERM");
    if (name == NULL || name[0] == '\0') {
        *reason = "TERM is not set";
        return NULL;
    }
    if (strcmp(name, "dumb") == 0 || strcmp(name, "unknown") == 0) {
        *reason = "the terminal cannot move its cursor (TERM is dumb)";
        return NULL;
    }
    if (can_address(name)) {
        return name;
    }
    if (is_modern(name) && can_address(fallback)) {
        return fallback;
    }
    *reason = "terminfo does not know this terminal, or it cannot move its "
              "cursor: set TERM";
    return NULL;
}

/* --- sizes --- */

/* The size that the terminal claims; false when it claims none. */
static bool claimed_size(int *rows, int *cols)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
        size.ws_col == 0) {
        return false;
    }
    *rows = size.ws_row < MOST_ROWS ? size.ws_row : MOST_ROWS;
    *cols = size.ws_col < MOST_COLS ? size.ws_col : MOST_COLS;
    return size.ws_row <= MOST_ROWS && size.ws_col <= MOST_COLS;
}

/* newterm asks the terminal for its size; where the answer is absurd, the
 * environment answers first.
 */
static SCREEN *open_screen(const char *type)
{
    int rows = 0, cols = 0;
    bool absurd = !claimed_size(&rows, &cols) && rows > 0;
    if (absurd) {
        char text[16];
        snprintf(text, sizeof text, "%d", rows);
        setenv("LINES", text, 1);
        snprintf(text, sizeof text, "%d", cols);
        setenv("COLUMNS", text, 1);
    }
    SCREEN *screen = newterm(type, stdout, stdin);
    if (absurd) {
        unsetenv("LINES");
        unsetenv("COLUMNS");
    }
    return screen;
}

bool terminal_resize(struct terminal *terminal, struct error *err)
{
    (void)terminal;
    int rows = 0, cols = 0;
    (void)claimed_size(&rows, &cols);
    if (rows > 0 && (rows != LINES || cols != COLS) &&
        resizeterm(rows, cols) != OK) {
        return error_set(err, ERROR_MEMORY,
                         "ncurses cannot draw %d x %d cells: make the window "
                         "smaller",
                         cols, rows);
    }
    return true;
}

/* --- opening and closing --- */

static bool wants_color(enum color_mode color)
{
    const char *none = getenv("NO_COLOR");
    switch (color) {
    case COLOR_ALWAYS:
        return true;
    case COLOR_NEVER:
        return false;
    case COLOR_AUTO:
        break;
    }
    return none == NULL || none[0] == '\0';
}

static void send(const char *bytes)
{
    ssize_t ignored = write(STDOUT_FILENO, bytes, strlen(bytes));
    (void)ignored;
}

/* Append a capability without its padding marks ("$<5>"). */
static size_t append_capability(char *out, size_t size, size_t used,
                                const char *name)
{
    const char *text = has_capability(name) ? tigetstr(name) : "";
    while (*text != '\0' && used < size) {
        if (text[0] == '$' && text[1] == '<') {
            text += strcspn(text, ">");
            text += *text != '\0';
            continue;
        }
        out[used++] = *text++;
    }
    return used;
}

static void prepare_crash(const struct terminal *terminal)
{
    char bytes[200];
    size_t used = 0;
    used = append_capability(bytes, sizeof bytes, used, "sgr0");
    used = append_capability(bytes, sizeof bytes, used, "rmkx");
    if (terminal->can_paste) {
        used = append_capability(bytes, sizeof bytes, used, "BD");
    }
    used = append_capability(bytes, sizeof bytes, used, "cnorm");
    used = append_capability(bytes, sizeof bytes, used, "rmcup");
    signals_prepare_crash(bytes, used, &terminal->modes);
}

static void set_paste(const struct terminal *terminal, bool on)
{
    if (terminal->can_paste) {
        send(tigetstr(on ? "BE" : "BD"));
    }
}

static void set_modes(struct terminal *terminal)
{
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    if (getenv("ESCDELAY") == NULL) {
        set_escdelay(ESCAPE_DELAY);
    }
    curs_set(0);
    terminal->cursor_shown = false;
    define_key("\033[Z", KEY_BTAB); /* the console's terminfo: another key */
    terminal->can_paste = has_capability("BE") && has_capability("BD");
    if (terminal->can_paste) {
        define_key("\033[200~", PASTE_BEGIN);
        define_key("\033[201~", PASTE_END);
    }
}

bool terminal_open(struct terminal *terminal, enum color_mode color, bool ascii,
                   struct error *err)
{
    const char *reason = "";
    *terminal = (struct terminal){.type = terminal_type(&reason)};
    if (terminal->type == NULL) {
        return error_set(err, ERROR_UNSUPPORTED, "no explorer here: %s",
                         reason);
    }
    if (tcgetattr(STDIN_FILENO, &terminal->modes) != 0) {
        return error_set(err, ERROR_IO, "standard input is no terminal");
    }
    terminal->screen = open_screen(terminal->type);
    if (terminal->screen == NULL) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "ncurses cannot open a terminal of type %s",
                         terminal->type);
    }
    set_modes(terminal);
    bool colors = wants_color(color) && has_colors() && start_color() == OK &&
                  use_default_colors() == OK;
    theme_init(&terminal->theme, !ascii && theme_locale_is_utf8(), colors);
    prepare_crash(terminal);
    set_paste(terminal, true);
    return true;
}

void terminal_close(struct terminal *terminal)
{
    if (terminal->screen != NULL) {
        set_paste(terminal, false);
        endwin();
        delscreen(terminal->screen);
        terminal->screen = NULL;
    }
}

void terminal_leave(struct terminal *terminal)
{
    set_paste(terminal, false);
    endwin();
}

void terminal_enter(struct terminal *terminal)
{
    terminal->pasting = false;
    clearok(curscr, TRUE);
    refresh(); /* ends what endwin began: modes, alternate screen */
    curs_set(terminal->cursor_shown);
    set_paste(terminal, true);
}

void terminal_show_cursor(struct terminal *terminal, bool show)
{
    if (show != terminal->cursor_shown) {
        curs_set(show);
        terminal->cursor_shown = show;
    }
}

/* --- keys --- */

struct key_pair {
    int code;
    int32_t key;
};

static const struct key_pair key_pairs[] = {
    {KEY_UP, INPUT_UP},
    {KEY_DOWN, INPUT_DOWN},
    {KEY_LEFT, INPUT_LEFT},
    {KEY_RIGHT, INPUT_RIGHT},
    {KEY_PPAGE, INPUT_PAGE_UP},
    {KEY_NPAGE, INPUT_PAGE_DOWN},
    {KEY_HOME, INPUT_HOME},
    {KEY_END, INPUT_END},
    {KEY_ENTER, INPUT_ENTER},
    {KEY_BTAB, INPUT_BACK_TAB},
    {KEY_BACKSPACE, INPUT_BACKSPACE},
    {KEY_DC, INPUT_DELETE},
    {KEY_A1, INPUT_HOME},
    {KEY_A3, INPUT_PAGE_UP},
    {KEY_C1, INPUT_END},
    {KEY_C3, INPUT_PAGE_DOWN},
};

static int32_t function_key(int code)
{
    for (size_t i = 0; i < sizeof key_pairs / sizeof *key_pairs; i++) {
        if (key_pairs[i].code == code) {
            return key_pairs[i].key;
        }
    }
    return 0;
}

static int32_t character_key(int32_t character)
{
    switch (character) {
    case '\r':
    case '\n':
        return INPUT_ENTER;
    case '\t':
        return INPUT_TAB;
    case 27:
        return INPUT_ESCAPE;
    case 8:
    case 127:
        return INPUT_BACKSPACE;
    default:
        return character;
    }
}

/* One key of ncurses; false when none waits. */
static bool next_code(const struct terminal *terminal, bool *function,
                      int32_t *code)
{
    if (terminal->theme.utf8) {
        wint_t character = 0;
        int kind = get_wch(&character);
        *function = kind == KEY_CODE_YES;
        *code = (int32_t)character;
        return kind != ERR;
    }
    int got = getch();
    *function = got > 255;
    *code = got;
    return got != ERR;
}

bool terminal_read_key(struct terminal *terminal, int32_t *key, bool *pasted)
{
    bool function;
    int32_t code;
    while (next_code(terminal, &function, &code)) {
        if (function && (code == PASTE_BEGIN || code == PASTE_END)) {
            terminal->pasting = code == PASTE_BEGIN;
            continue;
        }
        *key = function ? function_key(code) : character_key(code);
        *pasted = terminal->pasting;
        if (*key != 0 && !(*pasted && (*key < ' ' || *key >= INPUT_UP))) {
            return true;
        }
    }
    return false;
}

bool terminal_is_gone(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&input, 1, 0) < 0) {
        return false;
    }
    return (input.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

/* --- clipboard --- */

static size_t encode_base64(char *out, const char *text, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t used = 0;
    for (size_t i = 0; i < length; i += 3) {
        unsigned bits = 0;
        for (size_t k = 0; k < 3; k++) {
            unsigned byte = i + k < length ? (unsigned char)text[i + k] : 0;
            bits = bits << 8 | byte;
        }
        for (size_t k = 0; k < 4; k++) {
            bool real = i + k <= length;
            out[used++] = real ? digits[bits >> (18 - 6 * k) & 63] : '=';
        }
    }
    return used;
}

bool terminal_yank(const struct terminal *terminal, const char *text)
{
    enum { FRAME = 16 };
    char bytes[YANK_MOST / 3 * 4 + FRAME] = "\033]52;c;";
    size_t length = strlen(text), used = strlen(bytes);
    if (!is_modern(terminal->type) || length > YANK_MOST - 8) {
        return false;
    }
    used += encode_base64(bytes + used, text, length);
    bytes[used++] = '\a';
    ssize_t ignored = write(STDOUT_FILENO, bytes, used);
    (void)ignored;
    return true;
}
