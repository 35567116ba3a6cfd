/*
 * xform_binds - what a bind and a control together make of a definition
 *
 * A kind of question is told by its control and by its type: a text that is read and
 * not written is a note, a node that no control shows is a calculation, is hidden, or
 * is filled by the program.
 */
#include "xform.h"

#include "arena.h"
#include "expr.h"
#include "i18n.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct { const char *type; enum question_kind kind; } types[] = {
	{ "string",   QUESTION_TEXT },     { "text",     QUESTION_TEXT },
	{ "int",      QUESTION_INTEGER },  { "integer",  QUESTION_INTEGER },
	{ "long",     QUESTION_INTEGER },  { "decimal",  QUESTION_DECIMAL },
	{ "double",   QUESTION_DECIMAL },  { "float",    QUESTION_DECIMAL },
	{ "date",     QUESTION_DATE },     { "time",     QUESTION_TIME },
	{ "dateTime", QUESTION_DATETIME }, { "geopoint", QUESTION_GEOPOINT },
	{ "geotrace", QUESTION_GEOTRACE }, { "geoshape", QUESTION_GEOSHAPE },
	{ "barcode",  QUESTION_BARCODE },  { "binary",   QUESTION_FILE },
	{ "select1",  QUESTION_SELECT_ONE },
	{ "select",   QUESTION_SELECT_MULTIPLE },
	{ "rank",     QUESTION_RANK },
};

static const struct { const char *preload, *param; enum question_kind kind; } preloads[] = {
	{ "timestamp", "start",        QUESTION_START },
	{ "timestamp", "end",          QUESTION_END },
	{ "date",      "today",        QUESTION_TODAY },
	{ "property",  "deviceid",     QUESTION_DEVICEID },
	{ "property",  "username",     QUESTION_USERNAME },
	{ "property",  "phonenumber",  QUESTION_PHONENUMBER },
	{ "property",  "email",        QUESTION_EMAIL },
	{ "property",  "uri:deviceid", QUESTION_DEVICEID },
	{ "property",  "uri:username", QUESTION_USERNAME },
	{ "property",  "uri:phonenumber", QUESTION_PHONENUMBER },
	{ "property",  "uri:email",    QUESTION_EMAIL },
};

/* Attributes that XLSForm has as parameters. */
static const struct { const char *attribute, *parameter; } parameters[] = {
	{ "start", "start" }, { "end", "end" }, { "step", "step" },
	{ "tick-interval", "tick_interval" }, { "placeholder", "placeholder" },
	{ "tick-labelset", "tick_labelset" }, { "rows", "rows" },
	{ "accuracyThreshold", "capture-accuracy" },
	{ "unacceptableAccuracyThreshold", "warning-accuracy" },
	{ "allow-mock-accuracy", "allow-mock-accuracy" },
	{ "incremental", "incremental" }, { "max-pixels", "max-pixels" },
	{ "quality", "quality" }, { "intent", "app" },
	{ "location-priority", "location-priority" },
	{ "location-min-interval", "location-min-interval" },
	{ "location-max-age", "location-max-age" },
	{ "track-changes", "track-changes" },
	{ "identify-user", "identify-user" },
	{ "track-changes-reasons", "track-changes-reasons" },
};

static const struct { const char *media; enum question_kind kind; } media[] = {
	{ "image/", QUESTION_IMAGE }, { "audio/", QUESTION_AUDIO },
	{ "video/", QUESTION_VIDEO },
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

void
xform_read_binds(struct xform *x)
{
	for (const struct xml_node *n = xml_child(x->model, NULL, "bind"); n;
	     n = xml_child(x->model, n, "bind")) {
		const char *path = xml_attribute(n, "nodeset");
		struct def *def;

		x->form->bind_count++;
		if (!path)
			path = xml_attribute(n, "ref");
		def = path ? xform_find(x, NULL, path) : NULL;
		if (!def && !(path && strchr(path, '@')))
			xform_warning(x, n,
			    _("There is no such node in the record's instance: this "
			      "<%s> is passed over."),
			    n->name);
		else if (def && x->info[def->index].bind)
			xform_warning(x, n,
			    _("This node has a bind already: this one is passed "
			      "over."));
		else if (def)
			x->info[def->index].bind = n;
	}
}

static const char *
bind_attribute(const struct xform_info *info, const char *name)
{
	const char *value = info->bind ? xml_attribute(info->bind, name) : NULL;

	return value && *value ? value : NULL;
}

static enum question_kind
kind_of_type(const struct xform_info *info)
{
	const char *type = bind_attribute(info, "type"), *colon;

	if (!type)
		return QUESTION_TEXT;
	colon = strchr(type, ':');
	type = colon ? colon + 1 : type;
	for (size_t i = 0; i < COUNT(types); i++)
		if (!strcmp(type, types[i].type))
			return types[i].kind;
	return QUESTION_TEXT;
}

static enum question_kind
kind_of_upload(const struct xml_node *control)
{
	const char *type = xml_attribute(control, "mediatype");

	for (size_t i = 0; type && i < COUNT(media); i++)
		if (!strncmp(type, media[i].media, strlen(media[i].media)))
			return media[i].kind;
	return QUESTION_FILE;
}

/* What the program fills in, or QUESTION_KINDS. */
static enum question_kind
kind_of_preload(const struct xform_info *info)
{
	const char *preload = bind_attribute(info, "preload");
	const char *param = bind_attribute(info, "preloadParams");

	for (size_t i = 0; preload && param && i < COUNT(preloads); i++)
		if (!strcmp(preload, preloads[i].preload) &&
		    !strcmp(param, preloads[i].param))
			return preloads[i].kind;
	return QUESTION_KINDS;
}

/* True when anything gives it a value but a person. */
static bool
has_value(const struct def *def, const struct xform_info *info)
{
	return def->calculation || def->default_value || info->set ||
	       bind_attribute(info, "preload");
}

static enum question_kind
kind_of_control(const struct def *def, const struct xform_info *info)
{
	const char *name = info->control->local;
	enum question_kind kind = kind_of_type(info);

	if (!strcmp(name, "select1"))
		return QUESTION_SELECT_ONE;
	if (!strcmp(name, "select"))
		return QUESTION_SELECT_MULTIPLE;
	if (!strcmp(name, "rank"))
		return QUESTION_RANK;
	if (!strcmp(name, "range"))
		return QUESTION_RANGE;
	if (!strcmp(name, "trigger"))
		return QUESTION_ACKNOWLEDGE;
	if (!strcmp(name, "upload"))
		return kind_of_upload(info->control);
	if (xml_attribute(info->control, "query"))
		return QUESTION_SELECT_ONE;
	if (question_rows[kind].wants_list)
		kind = QUESTION_TEXT;
	if (kind == QUESTION_TEXT && (def->flags & DEF_READ_ONLY) &&
	    !has_value(def, info))
		return QUESTION_NOTE;
	return kind;
}

static enum question_kind
kind_without_control(struct def *def, const struct xform_info *info)
{
	enum question_kind kind = kind_of_preload(info);

	if (kind < QUESTION_KINDS)
		return kind;
	kind = kind_of_type(info);
	if (info->action && info->action->local[0] == 's')
		return QUESTION_START_GEOPOINT;
	if (info->action)
		return QUESTION_BACKGROUND_AUDIO;
	if (kind == QUESTION_FILE && !strcmp(def->name, "audit"))
		return QUESTION_AUDIT;
	if (question_rows[kind].wants_list)
		kind = QUESTION_TEXT;
	if (kind == QUESTION_TEXT)
		return def->calculation || def->triggers ? QUESTION_CALCULATE
							 : QUESTION_HIDDEN;
	def->flags |= DEF_UNASKED;
	return kind;
}

/* A control that shows what is preloaded: preloads are defaults there. */
static void
default_of_preload(struct xform *x, struct def *def, const struct xform_info *info)
{
	const char *preload = bind_attribute(info, "preload"), *text = NULL;
	enum question_kind kind = kind_of_preload(info);

	if (!preload || def->default_expr)
		return;
	if (!strcmp(preload, "uid"))
		text = "concat('uuid:', uuid())";
	else if (info->control && (kind == QUESTION_START || kind == QUESTION_END))
		text = "now()";
	else if (info->control && kind == QUESTION_TODAY)
		text = "today()";
	else if (info->control && kind < QUESTION_KINDS)
		text = arena_fmt(x->scratch, "property('%s')",
		    bind_attribute(info, "preloadParams"));
	if (!text)
		return;
	def->default_expr = xform_expr(x, info->bind, text);
	def->flags |= DEF_DEFAULT_DYNAMIC;
}

/* true() is a flag, false() is nothing, all else an expression. */
static const struct expr *
flag_or_expr(struct xform *x, struct def *def, const char *attribute, unsigned flag)
{
	const struct xform_info *info = &x->info[def->index];
	const char *text = bind_attribute(info, attribute);

	if (!text || xform_is_false(text))
		return NULL;
	if (!xform_is_true(text))
		return xform_expr(x, info->bind, text);
	def->flags |= flag;
	return NULL;
}

static const struct expr *
bind_expr(struct xform *x, struct def *def, const char *attribute)
{
	const struct xform_info *info = &x->info[def->index];
	const char *text = bind_attribute(info, attribute);

	return text ? xform_expr(x, info->bind, text) : NULL;
}

/* The list whose rows are drawn beside a scale. */
static const char *
list_of_ticks(struct xform *x, const struct xform_info *info)
{
	const struct xml_node *itemset =
	    info->control && !strcmp(info->control->local, "range")
		? xml_child(info->control, NULL, "itemset")
		: NULL;
	const char *nodeset = itemset ? xml_attribute(itemset, "nodeset") : NULL, *rest;
	struct expr_itemset parts;
	const struct expr *e = nodeset ? xform_expr(x, itemset, nodeset) : NULL;

	return e && expr_itemset(e, x->scratch, &parts, &rest) ? parts.instance : NULL;
}

static void
read_parameters(struct xform *x, struct def *def)
{
	const struct xform_info *info = &x->info[def->index];
	const char **pairs;
	size_t n = 0;

	pairs = arena_alloc(x->scratch, (2 * COUNT(parameters) + 1) * sizeof(pairs[0]));
	for (size_t i = 0; i < COUNT(parameters); i++) {
		const char *name = parameters[i].attribute;
		const char *value =
		    info->control ? xml_attribute(info->control, name) : NULL;

		if (!value)
			value = bind_attribute(info, name);
		if (!value && info->action)
			value = xml_attribute(info->action, name);
		if (!value && !strcmp(name, "tick-labelset"))
			value = list_of_ticks(x, info);
		if (!value)
			continue;
		if (!strcmp(name, "incremental") ||
		    !strcmp(name, "allow-mock-accuracy"))
			value = xform_is_true(value) ? "true" : value;
		pairs[n++] = parameters[i].parameter;
		pairs[n++] = arena_strdup(x->arena, value);
	}
	if (!n)
		return;
	def->parameters = arena_alloc(x->arena, (n + 1) * sizeof(pairs[0]));
	memcpy((void *)(uintptr_t)def->parameters, pairs, n * sizeof(pairs[0]));
}

static bool
has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += n)
		if ((at == text || at[-1] == ' ') && (!at[n] || at[n] == ' '))
			return true;
	return false;
}

static void
read_flags(struct def *def, const struct xform_info *info)
{
	const char *rows = form_pair(def->parameters, "rows");

	if (has_word(def->appearance, "multiline") || (rows && atoi(rows) > 1))
		def->flags |= DEF_MULTILINE;
	if (has_word(def->appearance, "masked") ||
	    (info->control && !strcmp(info->control->local, "secret")))
		def->flags |= DEF_MASKED;
}

static bool
is_boolean(const char *type)
{
	const char *colon = strchr(type, ':');

	return !strcmp(colon ? colon + 1 : type, "boolean");
}

static void
apply(struct xform *x, struct def *def)
{
	struct xform_info *info = &x->info[def->index];
	const char *message;

	def->relevant = bind_expr(x, def, "relevant");
	def->readonly = flag_or_expr(x, def, "readonly", DEF_READ_ONLY);
	def->required = flag_or_expr(x, def, "required", DEF_REQUIRED);
	if (def->kind != DEF_QUESTION)
		return;
	def->constraint = bind_expr(x, def, "constraint");
	def->calculation = bind_expr(x, def, "calculate");
	if ((message = bind_attribute(info, "constraintMsg")))
		def->constraint_message = xform_message(x, info->bind, message);
	if ((message = bind_attribute(info, "requiredMsg")))
		def->required_message = xform_message(x, info->bind, message);
	if ((message = bind_attribute(info, "saveto")))
		def->save_to = arena_strdup(x->arena, message);
	read_parameters(x, def);
	default_of_preload(x, def, info);
	def->question = &question_rows[info->control ? kind_of_control(def, info)
						     : kind_without_control(def, info)];
	read_flags(def, info);
	if ((message = bind_attribute(info, "type")) && is_boolean(message))
		def->flags |= DEF_TRUTH;
	if (info->control && def->question->wants_list)
		xform_read_choices(x, def, info->control);
	if ((def->flags & DEF_META) || !def->parent)
		return;
	if ((def->parent->flags & DEF_META) &&
	    !strcmp(info->node->local, "instanceName"))
		x->form->instance_name = def->calculation;
}

void
xform_apply_binds(struct xform *x)
{
	for (size_t i = 0; i < x->form->def_count; i++)
		apply(x, x->form->defs[i]);
}
