/*
 * The shipped forms. Scripts in tests/forms say what a good record is and break each
 * rule once; a rule that no script breaks fails the test. The sample records go
 * through the same logic as typed input. Random changes leave the same state as
 * computing everything afresh.
 *
 * A script's lines:
 *   record NAME / now STAMP / PATH = VALUE … / expect JSON / hidden PATH
 *   on NAME                     what follows starts from that record
 *   PATH = *31                  a text of 31 characters
 *   given PATH = VALUE ; …      and these changes (none: given)
 *   required PATH …             emptied, each is missed
 *   constraint PATH = VALUE ; … -> MESSAGE    the last path breaks its constraint
 *   choice PATH = VALUE         a value of the list that the filter keeps out
 *   clears PATH = VALUE -> PATH …             what the change takes away
 *   refused PATH = VALUE        cannot be an answer at all
 */
#include "check.h"
#include "form_help.h"

#include "json.h"
#include "mem.h"

static const char *const form_names[] = { "visit", "dispute", "volunteer", "council",
					  "micro", "review",  "feedback",  "legal" };
#define FORM_COUNT (sizeof(form_names) / sizeof(form_names[0]))

#define REQUIRED_TEXT "This must be answered: please fill it in."

/* ---- a record being filled ---- */

struct filling {
	struct clock clock;
	struct logic_world world;
	struct instance *in;
	struct logic *l;
};

static void
filling_begin(struct filling *f, const struct form *form, const char *now)
{
	struct err err = { 0 };

	memset(f, 0, sizeof(*f));
	if (!clock_stop_at(&f->clock, now, &err))
		CHECK_STR(err.text, "");
	f->world = (struct logic_world){ .clock = &f->clock,
					 .language = "zh",
					 .ignore_last_saved = true };
	f->in = instance_new(form);
	f->l = logic_new(f->in, &f->world, &err);
	CHECK(f->l && logic_begin(f->l, &err));
	CHECK_STR(err.text, "");
}

static void
filling_end(struct filling *f)
{
	logic_free(f->l);
	instance_free(f->in);
}

/* "*31" is a text of 31 characters. */
static bool
fill(struct filling *f, const char *path, const char *value)
{
	struct node *node = help_node(f->l, f->in, path);
	struct err err = { 0 };
	char many[8192] = "";

	if (*value == '*') {
		for (int n = atoi(value + 1); n > 0 && n < 2500; n--)
			strcat(many, "字");
		value = many;
	}

	if (!node || node->def->kind != DEF_QUESTION) {
		fprintf(stderr, "  no question %s\n", path);
		CHECK(!"path");
		return false;
	}
	if (logic_answer(f->l, node, value, &err))
		return true;
	fprintf(stderr, "  %s = %s: %s\n", path, value, err.text);
	return false;
}

/* ---- scripts ---- */

#define LINES_MAX 4000

struct script {
	struct form *form;
	char *text, *lines[LINES_MAX];
	size_t count;
	const char *base, *given;
	/* by definition: was its rule broken? */
	bool *constraint, *required, *choice;
};

static char *
trim(char *s)
{
	size_t len;

	s += strspn(s, " \t");
	len = strlen(s);
	while (len && strchr(" \t\r", s[len - 1]))
		s[--len] = '\0';
	return s;
}

static const char *
after_word(const char *line, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(line, word, len) != 0 || (line[len] && line[len] != ' '))
		return NULL;
	return line + len + (line[len] == ' ');
}

/* "a = 1 ; b = 2": the last path is put in path. */
static bool
fill_all(struct filling *f, const char *steps, char path[200])
{
	char copy[4096], *at = copy, *next, *equals;

	snprintf(copy, sizeof(copy), "%s", steps);
	for (; at; at = next) {
		next = strstr(at, " ; ");
		if (next) {
			*next = '\0';
			next += 3;
		}
		equals = strstr(at, " =");
		if (!equals)
			return false;
		*equals = '\0';
		snprintf(path, 200, "%s", trim(at));
		if (!fill(f, path, trim(equals + 2)))
			return false;
	}
	return true;
}

static void
check_expect(struct filling *f, const char *want)
{
	struct buf out = { 0 };
	struct instance *again;

	instance_to_json(f->in, true, &out);
	CHECK_STR(buf_text(&out), want);
	/* What was written is read, and written the same. */
	again = instance_new(instance_form(f->in));
	CHECK(instance_from_json(again, out.data, out.len, false, NULL));
	buf_reset(&out);
	instance_to_json(f->in, true, &out);
	CHECK_STR(buf_text(&out), want);
	instance_free(again);
	buf_clear(&out);
}

static void
check_good(struct filling *f)
{
	struct buf message = { 0 };
	struct node *wrong = logic_check_all(f->l, &message, NULL, NULL);

	CHECK(wrong == NULL);
	if (wrong)
		fprintf(stderr, "  %s: %s\n", wrong->def->name, buf_text(&message));
	buf_clear(&message);
}

/* Replays a record from its lines; checking: its expectations too. */
static bool
replay(struct script *s, const char *name, struct filling *f, bool checking)
{
	const char *rest, *now = "2026-11-05T20:20:00+08:00";
	size_t i = 0;
	char path[200];
	bool ok = true;

	while (i < s->count &&
	       (!(rest = after_word(s->lines[i], "record")) || strcmp(rest, name) != 0))
		i++;
	CHECK(i < s->count);
	if (i + 1 < s->count && (rest = after_word(s->lines[i + 1], "now"))) {
		now = rest;
		i++;
	}
	filling_begin(f, s->form, now);
	for (i++; i < s->count; i++) {
		const char *line = s->lines[i];

		if (after_word(line, "record") || after_word(line, "on"))
			break;
		if ((rest = after_word(line, "expect"))) {
			if (checking)
				check_expect(f, rest);
		} else if ((rest = after_word(line, "hidden"))) {
			const struct node *n = instance_find(f->in, rest);

			CHECK(n && !n->relevant);
		} else if (!fill_all(f, line, path)) {
			fprintf(stderr, "  in “%s”\n", line);
			ok = false;
		}
	}
	if (checking)
		check_good(f);
	return ok;
}

static bool
start(struct script *s, struct filling *f)
{
	char path[200];

	if (!replay(s, s->base, f, false))
		return false;
	return !*s->given || fill_all(f, s->given, path);
}

static void
check_wrong(struct script *s, struct filling *f, const char *path,
	    enum logic_verdict want, const char *text)
{
	struct node *node = instance_find(f->in, path);
	struct buf message = { 0 };
	enum logic_verdict verdict = LOGIC_GOOD;

	CHECK(node != NULL);
	if (node)
		verdict = logic_check(f->l, node, &message);
	CHECK_INT(verdict, want);
	if (text)
		CHECK_STR(buf_text(&message), text);
	CHECK(logic_check_all(f->l, NULL, NULL, NULL) != NULL);
	if (node && verdict == want) {
		s->required[node->def->index] |= want == LOGIC_REQUIRED;
		s->constraint[node->def->index] |= want == LOGIC_CONSTRAINT;
		s->choice[node->def->index] |= want == LOGIC_CHOICE;
	}
	buf_clear(&message);
}

static void
do_required(struct script *s, const char *paths)
{
	char copy[2048], *save = NULL;
	struct filling f;

	snprintf(copy, sizeof(copy), "%s", paths);
	for (char *p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save)) {
		char name[300];

		snprintf(name, sizeof(name), "%s: %s is required", s->form->id, p);
		check_case(name);
		CHECK(start(s, &f));
		check_good(&f);
		CHECK(fill(&f, p, ""));
		check_wrong(s, &f, p, LOGIC_REQUIRED, REQUIRED_TEXT);
		filling_end(&f);
	}
}

static void
do_wrong(struct script *s, const char *rest, enum logic_verdict want)
{
	const char *arrow = strstr(rest, " -> ");
	char steps[4096], path[200] = "", name[300];
	struct filling f;

	snprintf(steps, sizeof(steps), "%.*s",
		 arrow ? (int)(arrow - rest) : (int)strlen(rest), rest);
	snprintf(name, sizeof(name), "%s: not %.200s", s->form->id, steps);
	check_case(name);
	CHECK(start(s, &f));
	check_good(&f);
	CHECK(fill_all(&f, steps, path));
	check_wrong(s, &f, path, want, arrow ? arrow + 4 : NULL);
	filling_end(&f);
}

static void
do_clears(struct script *s, const char *rest)
{
	const char *arrow = strstr(rest, " -> ");
	char steps[1024], path[200], gone[1024], *save = NULL, name[300];
	struct node *nodes[10];
	struct filling f;
	size_t count = 0;

	snprintf(name, sizeof(name), "%s: %.200s", s->form->id, rest);
	check_case(name);
	CHECK(arrow != NULL);
	if (!arrow)
		return;
	snprintf(steps, sizeof(steps), "%.*s", (int)(arrow - rest), rest);
	snprintf(gone, sizeof(gone), "%s", arrow + 4);
	CHECK(start(s, &f));
	for (char *p = strtok_r(gone, " ", &save); p && count < 10;
	     p = strtok_r(NULL, " ", &save)) {
		nodes[count] = instance_find(f.in, p);
		CHECK(nodes[count] && *nodes[count]->text);
		count++;
	}
	CHECK(fill_all(&f, steps, path));
	for (size_t i = 0; i < count; i++)
		CHECK(nodes[i] && !*nodes[i]->text);
	filling_end(&f);
}

static void
do_refused(struct script *s, const char *rest)
{
	char copy[1024], name[300], *equals;
	struct filling f;
	struct node *node;

	snprintf(name, sizeof(name), "%s: refuses %.200s", s->form->id, rest);
	check_case(name);
	snprintf(copy, sizeof(copy), "%s", rest);
	equals = strstr(copy, " = ");
	CHECK(equals != NULL);
	if (!equals)
		return;
	*equals = '\0';
	CHECK(start(s, &f));
	node = instance_find(f.in, copy);
	CHECK(node && !logic_answer(f.l, node, equals + 3, NULL));
	filling_end(&f);
}

static void
do_record(struct script *s, const char *record)
{
	char name[300];
	struct filling f;

	snprintf(name, sizeof(name), "%s: record %s", s->form->id, record);
	check_case(name);
	CHECK(replay(s, record, &f, true));
	filling_end(&f);
}

static void
run_lines(struct script *s)
{
	const char *rest;

	s->given = "";
	for (size_t i = 0; i < s->count; i++) {
		const char *line = s->lines[i];

		if ((rest = after_word(line, "record"))) {
			do_record(s, rest);
			s->base = NULL;
		} else if ((rest = after_word(line, "on"))) {
			s->base = rest;
			s->given = "";
		} else if (!s->base) {
			continue;
		} else if ((rest = after_word(line, "given"))) {
			s->given = rest;
		} else if ((rest = after_word(line, "required"))) {
			do_required(s, rest);
		} else if ((rest = after_word(line, "constraint"))) {
			do_wrong(s, rest, LOGIC_CONSTRAINT);
		} else if ((rest = after_word(line, "choice"))) {
			do_wrong(s, rest, LOGIC_CHOICE);
		} else if ((rest = after_word(line, "clears"))) {
			do_clears(s, rest);
		} else if ((rest = after_word(line, "refused"))) {
			do_refused(s, rest);
		} else {
			fprintf(stderr, "  what is “%s”?\n", line);
			CHECK(!"line");
		}
	}
}

static void
check_all_broken(const struct script *s)
{
	for (size_t i = 0; i < s->form->def_count; i++) {
		const struct def *def = s->form->defs[i];
		char name[300];

		snprintf(name, sizeof(name), "%s: every rule of %s was broken",
			 s->form->id, def->name);
		check_case(name);
		if (def->constraint)
			CHECK(s->constraint[i]);
		if ((def->flags & DEF_REQUIRED) || def->required)
			CHECK(s->required[i]);
		if (def->itemset && def->itemset->filter)
			CHECK(s->choice[i]);
	}
}

static void
run_script(const char *id)
{
	struct script s = { .form = help_form(id) };
	char path[100], *save = NULL;
	size_t len, n;

	check_case(id);
	CHECK(s.form != NULL);
	snprintf(path, sizeof(path), "tests/forms/%s.txt", id);
	s.text = help_read(path, &len);
	CHECK(s.text != NULL);
	if (!s.form || !s.text)
		return;
	n = s.form->def_count;
	s.constraint = mem_alloc(n);
	s.required = mem_alloc(n);
	s.choice = mem_alloc(n);
	for (char *p = strtok_r(s.text, "\n", &save); p;
	     p = strtok_r(NULL, "\n", &save)) {
		p = trim(p);
		if (*p && *p != '#' && s.count < LINES_MAX)
			s.lines[s.count++] = p;
	}
	run_lines(&s);
	check_all_broken(&s);
	check_close();
	free(s.constraint);
	free(s.required);
	free(s.choice);
	free(s.text);
	form_free(s.form);
}

/* ---- the sample ---- */

/* "path<TAB>JSON value" of each answer, sorted: the flat shape of a record. */
struct flat {
	char *items[2000];
	size_t count;
};

static void
flat_add(struct flat *flat, const char *path, const char *value, size_t len)
{
	struct buf b = { 0 };

	if (flat->count == 2000)
		return;
	buf_fmt(&b, "%s\t%.*s", path, (int)len, value);
	flat->items[flat->count++] = buf_take(&b);
}

static void flatten(struct flat *flat, const char *json, size_t len, const char *path);

static void
flatten_array(struct flat *flat, struct json_reader *r, const char *path)
{
	const char *raw;
	size_t len, n = 0;

	while (json_next(r) == JSON_OBJECT) {
		struct buf inner = { 0 };

		json_skip(r, &raw, &len);
		buf_fmt(&inner, "%s[%zu]/", path, ++n);
		flatten(flat, raw, len, buf_text(&inner));
		buf_clear(&inner);
	}
	if (!n)
		flat_add(flat, path, "[]", 2);
}

/* Groups are taken out of their braces; "_" names belong to the envelope. */
static void
flatten(struct flat *flat, const char *json, size_t len, const char *path)
{
	struct json_reader r;
	enum json_token token;

	json_reader_init(&r, json, len);
	CHECK(json_next(&r) == JSON_OBJECT);
	while ((token = json_next(&r)) == JSON_NAME) {
		char name[300];
		const char *raw;
		size_t raw_len;

		snprintf(name, sizeof(name), "%s%s", path, r.text);
		if (!json_skip(&r, &raw, &raw_len))
			break;
		if (name[strlen(path)] == '_')
			continue;
		if (*raw == '{') {
			flatten(flat, raw, raw_len, path);
		} else if (*raw == '[') {
			struct json_reader inner;

			json_reader_init(&inner, raw, raw_len);
			json_next(&inner);
			flatten_array(flat, &inner, name);
			json_reader_clear(&inner);
		} else {
			flat_add(flat, name, raw, raw_len);
		}
	}
	json_reader_clear(&r);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *
flat_text(struct flat *flat)
{
	struct buf b = { 0 };

	qsort(flat->items, flat->count, sizeof(flat->items[0]), by_text);
	for (size_t i = 0; i < flat->count; i++)
		buf_fmt(&b, "%s\n", flat->items[i]);
	return buf_take(&b);
}

static void
flat_clear(struct flat *flat)
{
	for (size_t i = 0; i < flat->count; i++)
		free(flat->items[i]);
}

/* A member of the envelope. */
static void
envelope(const char *line, const char *name, char out[100])
{
	struct json_reader r;

	*out = '\0';
	json_reader_init(&r, line, strlen(line));
	json_next(&r);
	while (json_next(&r) == JSON_NAME) {
		bool found = !strcmp(r.text, name);

		if (found && json_next(&r) == JSON_STRING) {
			snprintf(out, 100, "%s", r.text);
			break;
		}
		if (!found && !json_skip(&r, NULL, NULL))
			break;
	}
	json_reader_clear(&r);
}

/* Answers a flat record's questions; calculations are the form's to make. */
static void
fill_flat(struct filling *f, const struct flat *flat)
{
	for (size_t i = 0; i < flat->count; i++) {
		const char *tab = strchr(flat->items[i], '\t');
		char path[300];
		struct json_reader r;
		struct node *node;

		snprintf(path, sizeof(path), "%.*s", (int)(tab - flat->items[i]),
			 flat->items[i]);
		if (!strcmp(tab + 1, "[]"))
			continue;
		node = help_node(f->l, f->in, path);
		CHECK(node != NULL);
		if (!node || node->def->calculation)
			continue;
		json_reader_init(&r, tab + 1, strlen(tab + 1));
		json_next(&r);
		CHECK(fill(f, path, r.text));
		json_reader_clear(&r);
	}
}

static void
check_sample(struct form *const forms[], const char *line)
{
	struct flat want = { .count = 0 }, got = { .count = 0 };
	char id[100], form[100], created[100], *a, *b;
	struct buf out = { 0 };
	struct filling f;
	size_t n = 0;

	envelope(line, "_id", id);
	envelope(line, "_form", form);
	envelope(line, "_created", created);
	check_case(id);
	while (n < FORM_COUNT && strcmp(form_names[n], form) != 0)
		n++;
	CHECK(n < FORM_COUNT);
	if (n == FORM_COUNT)
		return;
	flatten(&want, line, strlen(line), "");
	filling_begin(&f, forms[n], created);
	fill_flat(&f, &want);
	check_good(&f);
	instance_to_json(f.in, true, &out);
	flatten(&got, out.data, out.len, "");
	a = flat_text(&got);
	b = flat_text(&want);
	CHECK_STR(a, b);
	free(a);
	free(b);
	flat_clear(&want);
	flat_clear(&got);
	buf_clear(&out);
	filling_end(&f);
}

static void
sample_records_go_through_as_they_are(void)
{
	static const char *const files[] = { "visits", "disputes", "volunteers",
					     "others" };
	struct form *forms[FORM_COUNT];
	size_t count = 0;

	for (size_t i = 0; i < FORM_COUNT; i++)
		forms[i] = help_form(form_names[i]);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[100], *text, *save = NULL;
		size_t len;

		snprintf(path, sizeof(path), "tests/data/sample/%s.jsonl", files[i]);
		text = help_read(path, &len);
		for (char *p = text ? strtok_r(text, "\n", &save) : NULL; p;
		     p = strtok_r(NULL, "\n", &save)) {
			check_sample(forms, p);
			count++;
		}
		free(text);
	}
	check_case("the whole sample was there");
	CHECK_INT(count, 47);
	check_close();
	for (size_t i = 0; i < FORM_COUNT; i++)
		form_free(forms[i]);
}

/* ---- random changes ---- */

static unsigned
next_random(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static struct node *
pick(struct instance *in, unsigned *seed, enum def_kind kind)
{
	struct node *chosen = NULL;
	unsigned count = 0;

	for (struct node *n = instance_root(in); n; n = instance_next(n))
		if (n->def->kind == kind &&
		    (kind != DEF_QUESTION || n->def->question->asked) &&
		    next_random(seed) % ++count == 0)
			chosen = n;
	return chosen;
}

static struct node *
pick_def(struct instance *in, unsigned *seed, const struct def *def)
{
	struct node *chosen = NULL;
	unsigned count = 0;

	for (struct node *n = instance_root(in); n; n = instance_next(n))
		if (n->def == def && next_random(seed) % ++count == 0)
			chosen = n;
	return chosen;
}

static void
random_answer(struct filling *f, struct node *node, unsigned *seed)
{
	static const char *const texts[] = { "a",
					     "14200000011",
					     "2026-badeng-001",
					     "990000198511221047",
					     "91990000MA0000011C",
					     "" };
	char text[64];
	const size_t *rows;
	size_t count;

	snprintf(text, sizeof(text), "%s", texts[next_random(seed) % 6]);
	switch (node->def->question->answer) {
	case ANSWER_INTEGER:
	case ANSWER_DECIMAL:
		snprintf(text, sizeof(text), "%u", next_random(seed) % 40);
		break;
	case ANSWER_DATE:
		snprintf(text, sizeof(text), "2026-11-%02u",
			 1 + next_random(seed) % 28);
		break;
	case ANSWER_TIME:
		snprintf(text, sizeof(text), "%02u:%02u", next_random(seed) % 24,
			 next_random(seed) % 60);
		break;
	case ANSWER_ONE:
	case ANSWER_MANY:
		rows = logic_choices(f->l, node, &count, NULL);
		*text = '\0';
		if (rows && count)
			snprintf(text, sizeof(text), "%s",
				 logic_choice_name(f->l, node->def,
						   rows[next_random(seed) % count]));
		break;
	case ANSWER_NONE:
	case ANSWER_STRING:
	case ANSWER_DATETIME:
		break;
	}
	if (next_random(seed) % 12 == 0)
		*text = '\0';
	if (node->def->question->answer != ANSWER_NONE && !node->readonly)
		CHECK(logic_answer(f->l, node, text, NULL));
}

static void
random_change(struct filling *f, unsigned *seed)
{
	struct node *node, *parent;
	const struct form *form = instance_form(f->in);
	const struct def *repeat = NULL;
	unsigned count = 0;

	switch (next_random(seed) % 10) {
	case 0:
	case 1:
		for (size_t i = 0; i < form->def_count; i++)
			if (form->defs[i]->kind == DEF_REPEAT &&
			    logic_repeat_is_free(f->l, form->defs[i]) &&
			    next_random(seed) % ++count == 0)
				repeat = form->defs[i];
		parent = repeat ? pick_def(f->in, seed, repeat->parent) : NULL;
		if (parent)
			logic_repeat_add(f->l, parent, repeat, next_random(seed) % 3,
					 NULL);
		return;
	case 2:
		node = pick(f->in, seed, DEF_REPEAT);
		if (node && !logic_repeat_is_free(f->l, node->def))
			return;
		if (node && next_random(seed) % 2)
			CHECK(logic_repeat_delete(f->l, node, NULL));
		else if (node)
			CHECK(
			    logic_repeat_move(f->l, node, next_random(seed) % 3, NULL));
		return;
	default:
		node = pick(f->in, seed, DEF_QUESTION);
		if (node)
			random_answer(f, node, seed);
	}
}

/* Everything that logic decides, a line a node. */
static void
write_state(const struct instance *in, struct buf *out)
{
	for (const struct node *n = instance_root(in); n; n = instance_next(n)) {
		instance_path(n, out);
		buf_fmt(out, " %d%d%d%d %s\n", n->self_relevant, n->relevant,
			n->required, n->readonly, n->text);
		for (const struct node *p = n->places; p; p = p->next)
			buf_fmt(out, " %s %d\n", p->def->name, p->relevant);
	}
}

/* The same answers, with nothing remembered of how they came. */
static void
check_afresh(struct filling *f)
{
	struct buf json = { 0 }, state = { 0 }, afresh = { 0 };
	struct instance *in = instance_new(instance_form(f->in));
	struct logic *l;

	instance_to_json(f->in, false, &json);
	CHECK(instance_from_json(in, json.data, json.len, false, NULL));
	for (struct node *n = instance_root(in); n; n = instance_next(n))
		if (n->def->calculation)
			instance_set(in, n, "");
	l = logic_new(in, &f->world, NULL);
	write_state(f->in, &state);
	write_state(in, &afresh);
	CHECK_STR(buf_text(&state), buf_text(&afresh));
	logic_free(l);
	instance_free(in);
	buf_clear(&json);
	buf_clear(&state);
	buf_clear(&afresh);
}

/* What the shipped forms have not: counts, repeats within repeats, readings across
 * them, conditions on the place of an instance. */
static const char *const deep_rows[] = {
	"integer many",
	"integer rate | default=2",
	"select_one l pick | choice_filter=f != ${rate}",
	"begin_repeat house | relevant=${rate} != 7",
	"text street | required=${many} > 3",
	"integer level | relevant=position(..) < 3 | read_only=${rate} = 5",
	"begin_group g | relevant=${level} != 4",
	"begin_repeat room",
	"integer beds | relevant=${level} > 5 or ${rate} > 3",
	"calculate cost | calculation=${beds} * ${rate}",
	"calculate share | calculation=${beds} div ${here}",
	"calculate where | calculation=concat(position(..), '/', ${nth}, ${street})",
	"end_repeat",
	"calculate here | calculation=sum(${beds})",
	"end_group",
	"calculate nth | calculation=position(..)",
	"calculate before | calculation=sum(/rec/house[position() < "
	"position(current()/..)]/level)",
	"calculate siblings | calculation=sum(../../house/level)",
	"calculate previous | calculation=indexed-repeat(${street}, ${house}, "
	"position(..) - 1)",
	"calculate all_rooms | calculation=count(/rec/house/g/room)",
	"end_repeat",
	"calculate total | calculation=sum(${cost})",
	"calculate most | calculation=max(${here})",
	"calculate first | calculation=indexed-repeat(${street}, ${house}, 1)",
	"calculate counted | calculation=sum(${x})",
	"begin_repeat fixed | repeat_count=${many} mod 5",
	"integer x",
	"calculate near | calculation=concat(${x}, ${total})",
	"begin_repeat inner | repeat_count=${x} mod 3",
	"integer y | relevant=${x} < 30",
	"end_repeat",
	"calculate ys | calculation=sum(${y})",
	"end_repeat",
	"choice l a | label=A | f=1",
	"choice l b | label=B | f=2",
	"choice l c | label=C | f=3",
	NULL,
};

static void
random_changes(const char *id)
{
	struct form *form = id ? help_form(id) : help_form_rows(deep_rows);
	char name[100];

	snprintf(name, sizeof(name), "%s: random changes", id ? id : "deep");
	check_case(name);
	CHECK(form != NULL);
	for (unsigned round = 0; form && round < 40 && !check_bad_in_case; round++) {
		unsigned seed = round * 7919 + 1;
		struct filling f;

		filling_begin(&f, form, "2026-11-05T20:20:00+08:00");
		for (int i = 0; i < 60 && !check_bad_in_case; i++) {
			random_change(&f, &seed);
			check_afresh(&f);
		}
		/* a filter never leaves what it does not let through */
		for (struct node *n = instance_root(f.in); n; n = instance_next(n))
			CHECK(logic_check(f.l, n, NULL) != LOGIC_CHOICE);
		filling_end(&f);
	}
	check_close();
	form_free(form);
}

int
main(void)
{
	for (size_t i = 0; i < FORM_COUNT; i++)
		run_script(form_names[i]);
	sample_records_go_through_as_they_are();
	for (size_t i = 0; i < FORM_COUNT; i++)
		random_changes(form_names[i]);
	random_changes(NULL);
	return CHECK_DONE();
}
