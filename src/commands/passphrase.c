#include "passphrase.h"

#include "err.h"
#include "i18n.h"
#include "output.h"
#include "vault.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define FD_MAX 1024

bool
passphrases_init(struct passphrases *p, const char *option, struct err *err)
{
	const char *text = option ? option : getenv("MINQING_PASSPHRASE_FD");
	char *end = NULL;
	long fd;

	*p = (struct passphrases){ .fd = -1 };
	if (!text || !*text)
		return true;
	fd = strtol(text, &end, 10);
	if (*end || fd < 0 || fd > FD_MAX || fcntl((int)fd, F_GETFD) < 0)
		return err_set(err, ERR_INPUT,
		    _("\"%s\" is not the number of an open file descriptor for "
		    "the passphrase. Give one that is open, as in "
		    "--passphrase-fd 3 3<FILE."),
		    text);
	p->fd = (int)fd;
	/* What is left in it is not for a program that is begun from here. */
	fcntl(p->fd, F_SETFD, FD_CLOEXEC);
	return true;
}

bool
passphrases_can_ask(const struct passphrases *p)
{
	int tty;

	if (p->fd >= 0)
		return true;
	tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (tty >= 0)
		close(tty);
	return tty >= 0 && isatty(STDIN_FILENO);
}

/* One line, byte by byte: what comes after it belongs to the next question. */
static bool
read_line(int fd, struct vault_passphrase *p, struct err *err)
{
	char c = '\0';
	ssize_t got;

	p->len = 0;
	for (;;) {
		got = read(fd, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || c == '\n')
			break;
		if (p->len == VAULT_PASSPHRASE_MAX)
			return err_set(err, ERR_INPUT,
			    _("A passphrase has at most %d bytes. Choose a shorter one."),
			    VAULT_PASSPHRASE_MAX);
		p->text[p->len++] = c;
	}
	if (p->len > 0 && p->text[p->len - 1] == '\r')
		p->len--;
	p->text[p->len] = '\0';
	if (got > 0 || p->len > 0)
		return true;
	return err_set(err, ERR_INPUT, _("No passphrase came from where it was to come. Give it on "
	    "a line of its own."));
}

/* Ctrl-C and its like take effect after the terminal shows letters again. */
static bool
read_unseen(int tty, const char *prompt, struct vault_passphrase *p, struct err *err)
{
	struct termios before, unseen;
	sigset_t held, old;
	bool good;

	if (tcgetattr(tty, &before) != 0)
		return err_set(err, ERR_SYSTEM, _("The terminal cannot be read: %s. Start again in another "
		    "one."),
		    strerror(errno));
	unseen = before;
	unseen.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	unseen.c_lflag |= ICANON;
	sigemptyset(&held);
	sigaddset(&held, SIGTSTP);
	sigprocmask(SIG_BLOCK, &held, &old);
	tcsetattr(tty, TCSAFLUSH, &unseen);
	output_write(tty, prompt);
	good = read_line(tty, p, err);
	tcsetattr(tty, TCSAFLUSH, &before);
	sigprocmask(SIG_SETMASK, &old, NULL);
	dprintf(tty, "\n");
	/* With the signals off, Ctrl-C is a letter; nobody has it in a passphrase. */
	if (good && memchr(p->text, before.c_cc[VINTR], p->len))
		return err_set(err, ERR_CANCELLED, _("Nothing was done. Start again when you like."));
	return good;
}

static bool
ask_twice(int tty, struct vault_passphrase *p, struct err *err)
{
	struct vault_passphrase again = { 0 };
	bool same = false;

	if (read_unseen(tty, _("Passphrase for it: "), p, err) &&
	    vault_passphrase_check(p, err) &&
	    read_unseen(tty, _("Once more: "), &again, err)) {
		same = p->len == again.len && memcmp(p->text, again.text, p->len) == 0;
		if (!same)
			err_set(err, ERR_INPUT,
			    _("The two were not the same. Nothing was done. Try again."));
	}
	vault_passphrase_wipe(&again);
	return same;
}

static bool
ask_terminal(const char *worker, enum place_asking asking, struct vault_passphrase *p,
    struct err *err)
{
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	char prompt[512];
	bool good = false;

	if (tty < 0)
		return err_set(err, ERR_INPUT,
		    _("The notebook of %s wants its passphrase. Give it at a terminal, or "
		      "by --passphrase-fd N."),
		    worker);
	snprintf(prompt, sizeof(prompt), _("Passphrase of %s: "), worker);
	if (asking == PLACE_ASK_AGAIN)
		dprintf(tty, "%s\n", _("The passphrase is wrong."));
	switch (asking) {
	case PLACE_ASK_AGAIN:
	case PLACE_ASK_OPEN:
		good = read_unseen(tty, prompt, p, err);
		break;
	case PLACE_ASK_NEW:
		dprintf(tty, "%s\n%s\n",
		    _("Choose a passphrase: a few words, at least eight letters. Nobody "
		      "gets in without it."),
		    _("When it is lost and the district has no recovery key, what was not "
		      "sent is gone."));
		good = ask_twice(tty, p, err);
		break;
	}
	close(tty);
	return good;
}

static bool
ask(void *data, const char *worker, enum place_asking asking, struct vault_passphrase *p,
    struct err *err)
{
	struct passphrases *from = data;

	if (from->fd < 0)
		return ask_terminal(worker, asking, p, err);
	if (asking == PLACE_ASK_AGAIN)
		return err_set(err, ERR_INPUT, _("The passphrase is wrong. Try again."));
	return read_line(from->fd, p, err);
}

struct place_asker
passphrases_asker(struct passphrases *p)
{
	return (struct place_asker){ .ask = ask, .data = p };
}
