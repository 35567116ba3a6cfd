/*
 * Everybody syncs at once, each with a full queue: everything arrives once, nobody is
 * left out.
 *
 *   crowd_test [NOTEBOOKS]     200; `make faults` takes 1,000
 */
#include "day.h"

#include <sys/mman.h>
#include <sys/prctl.h>

#define QUEUE     40 /* records that wait in each */
#define PROCESSES 10

struct shared {
	volatile long ready; /* processes whose notebooks are full */
	volatile int go;
	volatile long sent, left, failed; /* of each notebook, in the end */
};

static struct shared *shared;
static struct collector district;

static void
add(volatile long *to, long n)
{
	__atomic_fetch_add(to, n, __ATOMIC_SEQ_CST);
}

static void
fill_notebook(struct day *d)
{
	*d = (struct day){ 0 };
	d->f = fixture_new();
	day_set(d, SETTING_TOKEN, district.token);
	day_set(d, SETTING_PATIENCE, "3600");
	day_address(d, district.port);
	day_add(d, QUEUE);
}

static void
step_all(struct day *days, struct client **clients, int count)
{
	struct pollfd *fds = mem_alloc((size_t)count * sizeof(*fds));
	int running = count;

	while (running) {
		int timeout = 1000;

		running = 0;
		for (int i = 0; i < count; i++) {
			int own;

			fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
			if (days[i].state != CLIENT_RUNNING ||
			    (days[i].state = client_step(clients[i])) != CLIENT_RUNNING)
				continue;
			running++;
			fds[i].fd = client_fd(clients[i]);
			own = client_timeout(clients[i]);
			if (own >= 0 && own < timeout)
				timeout = own;
		}
		if (running)
			poll(fds, (nfds_t)count, timeout);
	}
	free(fds);
}

/* One of the processes: so many notebooks, whose clients all run at the same time. */
static void
be_some_of_them(int count)
{
	struct client **clients = mem_alloc((size_t)count * sizeof(struct client *));
	struct day *days = mem_alloc((size_t)count * sizeof(*days));

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < count; i++)
		fill_notebook(&days[i]);
	add(&shared->ready, 1);
	while (!shared->go)
		usleep(1000);
	for (int i = 0; i < count; i++) {
		clients[i] = client_new(days[i].f->nb, CLIENT_BY_HAND, &days[i].err);
		days[i].state = clients[i] ? CLIENT_RUNNING : CLIENT_FAILED;
	}
	step_all(days, clients, count);
	for (int i = 0; i < count; i++) {
		add(&shared->sent,
		    clients[i] ? client_progress(clients[i])->accepted : 0);
		add(&shared->left, day_waiting(&days[i]));
		add(&shared->failed, days[i].state != CLIENT_DONE);
		if (days[i].state != CLIENT_DONE && clients[i])
			fprintf(stderr, "  %s\n", client_sentence(clients[i]));
		client_free(clients[i]);
		fixture_free(days[i].f);
	}
	free(clients);
	free(days);
}

static void
everybody_at_once(int notebooks)
{
	pid_t pids[PROCESSES];

	for (int i = 0; i < PROCESSES; i++) {
		fflush(NULL);
		pids[i] = fork();
		if (pids[i] == 0) {
			be_some_of_them(notebooks / PROCESSES);
			_exit(check_bad_in_case != 0);
		}
	}
	while (shared->ready < PROCESSES)
		usleep(1000);
	shared->go = 1;
	for (int i = 0; i < PROCESSES; i++) {
		int status = -1;

		waitpid(pids[i], &status, 0);
		CHECK_INT(status, 0);
	}
	CHECK_INT(shared->failed, 0);
	CHECK_INT(shared->left, 0);
	CHECK_INT(shared->sent, (long)notebooks * QUEUE);
}

static void
each_record_is_there_once(int notebooks)
{
	struct day d = { .c = district };

	CHECK_INT(day_held(&d), (long)notebooks * QUEUE);
}

int
main(int argc, char **argv)
{
	int notebooks = argc > 1 ? atoi(argv[1]) : 200;

	signal(SIGPIPE, SIG_IGN);
	i18n_use("en");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	collector_start(&district);
	check_case("everybody_at_once");
	everybody_at_once(notebooks);
	check_case("each_record_is_there_once");
	each_record_is_there_once(notebooks);
	collector_end(&district);
	return CHECK_DONE();
}
