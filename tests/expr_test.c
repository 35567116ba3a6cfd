#include "check.h"
#include "tree_fixture.h"

#include "arena.h"
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "expr.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char record[] =
    "data(n=5 zero=0 empty='' name='张三丰' day=@2026-11-02 iso='2026-11-02' yes='yes' "
    "multi='a b  c' phone='13812345678' id='11010519491231002X' amount=12.5 "
    "rep(x=1 y='p' in(z=10) in(z=11)) rep(x=2 y='q' in(z=20)) rep(x=3 y='' in(z=30)) "
    "grp(deep(leaf='l')) !gone='there' !out(x=9) 村='北村' "
    "l='a' l='b' l='c' l='d' l='e' l='f' l='g' l='h')";

static const char list[] =
    "root(item(name='a' label='甲' kind='1') item(name='b' label='乙' kind='1') "
    "item(name='c' label='丙' kind='2'))";

struct bench {
	struct fixture *record, *list;
	struct arena *arena, *parsed;
	struct clock clock;
	struct expr_context context;
};

static const struct tree *
host_instance(void *data, const char *id)
{
	struct bench *b = data;

	return !strcmp(id, "list") ? &b->list->tree : NULL;
}

static const char *
host_choice_name(void *data, const char *value, struct node_ref question)
{
	struct bench *b = data;

	return arena_fmt(b->arena, "<%s of %s>", value,
			 question.tree->ops->name(question.tree, question.id));
}

static const char *
host_itext(void *data, const char *id)
{
	(void)data;
	return !strcmp(id, "hello") ? "你好" : NULL;
}

static const char *
host_language(void *data)
{
	(void)data;
	return "zh";
}

static const char *
host_property(void *data, const char *name)
{
	(void)data;
	return !strcmp(name, "username") ? "li" : !strcmp(name, "version") ? "7" : NULL;
}

static const struct expr_host host = {
	.instance = host_instance,
	.choice_name = host_choice_name,
	.itext = host_itext,
	.language = host_language,
	.property = host_property,
};

static void
bench_init(struct bench *b)
{
	*b = (struct bench){ .record = fixture_new(record),
			     .list = fixture_new(list),
			     .arena = arena_new(),
			     .parsed = arena_new() };
	CHECK(clock_stop_at(&b->clock, "2026-11-24T01:30:00+08:00", NULL));
	b->context = (struct expr_context){ .position = 1,
					    .size = 1,
					    .clock = &b->clock,
					    .host = &host,
					    .host_data = b,
					    .arena = b->arena };
	b->context.root = (struct node_ref){ &b->record->tree, b->record->tree.root };
	b->context.node = b->context.current = b->context.root;
}

static void
bench_clear(struct bench *b)
{
	fixture_free(b->record);
	fixture_free(b->list);
	arena_free(b->arena);
	arena_free(b->parsed);
}

/* Sets the context to the one node that the path leads to. */
static bool
bench_stand_at(struct bench *b, const char *path)
{
	struct expr *e = expr_parse(path, b->parsed, NULL);
	struct value v;

	b->context.node = b->context.root;
	if (!e || !expr_eval(e, &b->context, &v, NULL) || v.node_count != 1)
		return false;
	b->context.node = b->context.current = v.nodes[0];
	return true;
}

/* The result as text, or the sentence that says what is wrong. */
static const char *
answer(struct bench *b, const char *text)
{
	struct err err = { 0 };
	struct expr *e = expr_parse(text, b->parsed, &err);
	const char *out;

	if (!e || !expr_string(e, &b->context, &out, &err))
		return arena_fmt(b->arena, "! %s", err.text);
	return out;
}

struct row {
	const char *at, *expression, *want;
};

/* clang-format off */
static const struct row rows[] = {
	/* Operators. */
	{ "/data", "1 + 2 * 3", "7" },
	{ "/data", "(1 + 2) * 3", "9" },
	{ "/data", "10 div 4", "2.5" },
	{ "/data", "-7 mod 3", "-1" },
	{ "/data", "5 - 2 - 1", "2" },
	{ "/data", "- - 3", "3" },
	{ "/data", "1 div 0", "Infinity" },
	{ "/data", "0 div 0", "NaN" },
	{ "/data", "1 < 2 and 2 < 3 or false()", "true" },
	{ "/data", "1 = 1 != 0", "true" },
	{ "/data", "3 > 2 > 1", "false" },
	{ "/data", "'a' = 'a'", "true" },
	{ "/data", "'1' = 1", "true" },
	{ "/data", "'01' = '1'", "false" },
	{ "/data", "true() = 'x'", "true" },
	{ "/data", "'abc' < 'abd'", "false" },
	{ "/data", "0.1 + 0.2 = 0.3", "true" },
	{ "/data", "6andn", "true" },
	{ "/data", "n*2", "10" },
	{ "/data", "n * *", "25" },
	{ "/data", "n-1", "" },                  /* the name n-1: no such question */
	{ "/data", "n -1", "4" },
	{ "/data", "2e3 + 1.5E-1", "2000.15" },
	{ "/data", "1\u00A0+\u3000n", "6" },

	/* Laziness. */
	{ "/data", "true() or date('nonsense')", "true" },
	{ "/data", "false() and date('nonsense')", "false" },
	{ "/data", "if(true(), 1, date('nonsense'))", "1" },
	{ "/data", "if(n > 9, date('nonsense'), 'small')", "small" },
	{ "/data", "coalesce(n, date('nonsense'))", "5" },
	{ "/data", "coalesce(empty, 'other')", "other" },
	{ "/data", "coalesce(number(empty), 0)", "0" },

	/* Paths. */
	{ "/data", "/data/n", "5" },
	{ "/data", "n", "5" },
	{ "/data", "./n", "5" },
	{ "/data/n", "../name", "张三丰" },
	{ "/data/n", ".", "5" },
	{ "/data/n", ". + 1", "6" },
	{ "/data/n", "current()/../zero", "0" },
	{ "/data", "村", "北村" },
	{ "/data", "grp/deep/leaf", "l" },
	{ "/data", "//leaf", "l" },
	{ "/data", "count(//x)", "3" },
	{ "/data", "count(//z)", "4" },
	{ "/data", "count(//*/..)", "11" },
	{ "/data", "count(rep)", "3" },
	{ "/data", "count(rep/in)", "4" },
	{ "/data", "sum(rep/in/z)", "71" },
	{ "/data", "count(*)", "24" },
	{ "/data", "rep[2]/x", "2" },
	{ "/data", "rep[last()]/x", "3" },
	{ "/data", "rep[position() = 2]/x", "2" },
	{ "/data", "rep[x = 3]/in/z", "30" },
	{ "/data", "count(rep[x > 1])", "2" },
	{ "/data", "count(rep[x > 1][1])", "1" },
	{ "/data", "rep[in/z = 20]/y", "q" },
	{ "/data", "rep[9]/x", "" },
	{ "/data", "(//x)[2]", "2" },
	{ "/data", "count(rep/x | n | n)", "4" },
	{ "/data", "grp/deep/leaf/ancestor::grp/deep/leaf", "l" },
	{ "/data/zero", "count(preceding-sibling::*)", "1" },
	{ "/data/zero", "preceding-sibling::n", "5" },
	{ "/data/n", "following-sibling::*[1]", "0" },
	{ "/data", "name(rep[1]/y)", "y" },
	{ "/data", "self::data/n", "5" },
	{ "/data", "child::n", "5" },
	{ "/data/n", "parent::data/n", "5" },

	/* An absolute path stays in the instances that the context stands in. */
	{ "/data/rep[2]/y", "/data/rep/x", "2" },
	{ "/data/rep[3]/in/z", "/data/rep/x", "3" },
	{ "/data/rep[1]/in[2]/z", "/data/rep/in/z", "11" },
	{ "/data/rep[2]/y", "count(/data/rep)", "3" },
	{ "/data/rep[1]/y", "count(/data/rep/in)", "2" },
	{ "/data/rep[2]/y", "/data/rep[1]/x", "1" },
	{ "/data/rep[2]/y", "/data/rep[position() = 3]/x", "3" },
	{ "/data/rep[2]/y", "sum(/data/rep/x)", "2" },
	{ "/data/rep[2]/y", "sum(../../rep/x)", "6" },
	{ "/data/rep[2]/y", "/data/n", "5" },
	{ "/data/n", "sum(/data/rep/x)", "6" },
	{ "/data/rep[2]/x", "instance('list')/root/item[kind = /data/rep/x]/label", "丙" },
	{ "/data/rep[2]/x", "instance('list')/root/item[kind = current()]/label", "丙" },

	/* What is not relevant is not there. */
	{ "/data", "gone", "" },
	{ "/data", "count(gone)", "0" },
	{ "/data", "out/x", "" },
	{ "/data", "gone = ''", "true" },
	{ "/data", "gone != 'there'", "true" },
	{ "/data", "boolean(gone)", "false" },

	/* Node sets. */
	{ "/data", "rep/x = 2", "true" },
	{ "/data", "rep/x != 2", "true" },
	{ "/data", "rep/x > 3", "false" },
	{ "/data", "3 <= rep/x", "true" },
	{ "/data", "rep/x = rep/in/z", "false" },
	{ "/data", "missing = ''", "true" },
	{ "/data", "missing > 0", "false" },
	{ "/data", "boolean(zero)", "false" },
	{ "/data", "boolean(empty)", "false" },
	{ "/data", "boolean(rep)", "true" },
	{ "/data", "not(missing)", "true" },
	{ "/data", "n = 5.0 and n = '5'", "true" },
	{ "/data", "count-non-empty(rep/y)", "2" },
	{ "/data", "max(rep/x)", "3" },
	{ "/data", "min(rep/x, -1)", "-1" },
	{ "/data", "max(missing)", "NaN" },
	{ "/data", "sum(missing)", "0" },
	{ "/data", "sum(rep/y)", "NaN" },
	{ "/data", "max(rep/y, 1)", "NaN" },
	{ "/data", "min(1, 'x')", "NaN" },
	{ "/data", "sum(empty)", "0" },
	{ "/data", "max(empty, n)", "5" },
	{ "/data", "avg(rep/x)", "2" },
	{ "/data", "join(',', rep/x)", "1,2,3" },
	{ "/data", "join('-', 'a', rep/x, 'b')", "a-1-2-3-b" },
	{ "/data", "concat(rep/x)", "123" },
	{ "/data", "concat(name, ' ', n)", "张三丰 5" },
	{ "/data/rep[2]/x", "position(..)", "2" },
	{ "/data/rep[1]/in[2]/z", "position(..)", "2" },
	{ "/data/rep[1]/in[2]/z", "position(../..)", "1" },

	/* Repeats by number. */
	{ "/data", "indexed-repeat(/data/rep/x, /data/rep, 3)", "3" },
	{ "/data", "indexed-repeat(/data/rep/in/z, /data/rep, 1, /data/rep/in, 2)", "11" },
	{ "/data", "indexed-repeat(/data/rep/x, /data/rep, n)", "" },
	{ "/data", "indexed-repeat(/data/rep/x, /data/rep, empty)", "1" },
	{ "/data/rep[2]/y", "indexed-repeat(/data/rep/in/z, /data/rep/in, 1)", "20" },
	{ "/data/rep[2]/y", "indexed-repeat(../x, .., position(..) - 1)", "1" },
	{ "/data/rep[2]/y", "indexed-repeat(current()/../x, /data/rep, 3)", "3" },

	/* Other instances. */
	{ "/data", "instance('list')/root/item[name = 'b']/label", "乙" },
	{ "/data", "count(instance('list')/root/item)", "3" },
	{ "/data", "count(instance('list')/root/item[kind = 1])", "2" },
	{ "/data", "instance('list')/root/item[3]/name", "c" },
	{ "/data", "pulldata('list', 'label', 'name', 'c')", "丙" },
	{ "/data", "pulldata('list', 'label', 'name', 'z')", "" },
	{ "/data", "jr:choice-name('a', '/data/yes')", "<a of yes>" },
	{ "/data/n", "jr:choice-name(../yes, ' ../yes ')", "<yes of yes>" },
	{ "/data", "jr:choice-name(empty, '/data/yes')", "" },
	{ "/data", "jr:itext('hello')", "你好" },
	{ "/data", "property('username')", "li" },
	{ "/data", "property('nothing')", "" },
	{ "/data", "version()", "7" },
	{ "/data/n", "once(7)", "5" },
	{ "/data/empty", "once(7)", "7" },

	/* Texts. */
	{ "/data", "string-length(name)", "3" },
	{ "/data", "substr(name, 0, 1)", "张" },
	{ "/data", "substr(name, 1)", "三丰" },
	{ "/data", "substr(name, -1)", "丰" },
	{ "/data", "substr('hello', 1, -1)", "ell" },
	{ "/data", "substr('hello', 4, 2)", "" },
	{ "/data", "substring(name, 2, 1)", "三" },
	{ "/data", "substring-before('a-b-c', '-')", "a" },
	{ "/data", "substring-before('abc', '')", "" },
	{ "/data", "substring-after('a-b-c', '-')", "b-c" },
	{ "/data", "substring-after('abc', 'x')", "" },
	{ "/data", "contains(name, '三')", "true" },
	{ "/data", "starts-with(name, '张')", "true" },
	{ "/data", "ends-with(name, '丰')", "true" },
	{ "/data", "ends-with('a', 'ba')", "false" },
	{ "/data", "translate('张三三', '三', '四')", "张四四" },
	{ "/data", "translate('abc', 'abc', 'x')", "x" },
	{ "/data", "normalize-space('  a\t b\n')", "a b" },
	{ "/data", "selected(multi, 'b')", "true" },
	{ "/data", "selected(multi, 'd')", "false" },
	{ "/data", "selected('ab', 'a')", "false" },
	{ "/data", "selected(n, '5')", "true" },
	{ "/data", "selected(multi, ' b ')", "true" },
	{ "/data", "selected('b a', 'a b')", "false" },
	{ "/data", "selected(empty, '')", "true" },
	{ "/data", "selected(multi, '')", "false" },
	{ "/data", "selected-at(multi, 2)", "c" },
	{ "/data", "selected-at(multi, 3)", "" },
	{ "/data", "count-selected(multi)", "3" },
	{ "/data", "count-selected(empty)", "0" },
	{ "/data", "string(1000000 * 1000000)", "1000000000000" },
	{ "/data", "string(1 div 10000000)", "0.0000001" },
	{ "/data", "boolean-from-string('1')", "true" },
	{ "/data", "boolean-from-string('yes')", "false" },
	{ "/data", "base64-decode('5L2g5aW9')", "你好" },
	{ "/data", "digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72" },
	{ "/data", "digest('', 'MD5', 'hex')", "d41d8cd98f00b204e9800998ecf8427e" },
	{ "/data", "digest('abc', 'SHA-1', 'hex')", "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "/data", "digest('abc', 'SHA-256')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=" },
	{ "/data", "digest('abc', 'SHA-384', 'hex')",
	    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
	    "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7" },
	{ "/data", "digest('abc', 'SHA-512', 'hex')",
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ "/data", "extract-signed('kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAHI=',"
	    "'PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=')", "r" },
	{ "/data", "extract-signed('kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAHM=',"
	    "'PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=')", "" },
	{ "/data", "extract-signed('blah', 'PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=')", "" },
	/* Padding just below, at and above a block. */
	{ "/data", "digest('12345678901234567890123456789012345678901234567890123456', 'MD5', 'hex')",
	    "49f193adce178490e34d1b3a4ec0064c" },
	{ "/data", "digest('1234567890123456789012345678901234567890123456789012345678901234', 'SHA-1', 'hex')",
	    "c71490fc24aa3d19e11282da77032dd9cdb33103" },

	/* Patterns match the whole text. */
	{ "/data", "regex(phone, '^1[3-9][0-9]{9}$')", "true" },
	{ "/data", "regex(phone, '[0-9]{3}')", "false" },
	{ "/data", "regex(phone, '138|13812345678')", "true" },
	{ "/data", "regex(name, '.{3}')", "true" },
	{ "/data", "regex(name, '\\p{IsHan}+')", "true" },
	{ "/data", "regex(name, '[\\u4e00-\\u9fa5]{2,4}')", "true" },
	{ "/data", "regex('abc', '\\p{Alpha}+')", "true" },
	{ "/data", "regex('a1', '[\\p{Alpha}0-9]+')", "true" },
	{ "/data", "regex('１', '\\d')", "false" },
	{ "/data", "regex('a', concat('[', 'a-c', ']'))", "true" },
	{ "/data", "regex('a\n', 'a')", "false" },

	/* Numbers. */
	{ "/data", "round(2.5)", "3" },
	{ "/data", "round(-2.5)", "-2" },
	{ "/data", "round(2.15, 1)", "2.2" },
	{ "/data", "round(1234.5, -2)", "1200" },
	{ "/data", "round(999.96, 1)", "1000" },
	{ "/data", "round(0.4)", "0" },
	{ "/data", "round(0.49999999999999994)", "0" },
	{ "/data", "1 div round(-0.2)", "-Infinity" },
	{ "/data", "round(-1.6)", "-2" },
	{ "/data", "round(9.5)", "10" },
	{ "/data", "round(-1250, -2)", "-1200" },
	{ "/data", "round(0.000001, 3)", "0" },
	{ "/data", "round(1000000 * 1000000 * 1000000, 2)", "1000000000000000000" },
	{ "/data", "int(-2.7)", "-2" },
	{ "/data", "floor(-2.1)", "-3" },
	{ "/data", "ceiling(2.1)", "3" },
	{ "/data", "abs(-3)", "3" },
	{ "/data", "pow(2, 10)", "1024" },
	{ "/data", "sqrt(16)", "4" },
	{ "/data", "round(pi(), 4)", "3.1416" },
	{ "/data", "exp10(3)", "1000" },
	{ "/data", "log10(1000)", "3" },
	{ "/data", "round(atan2(1, 1) * 4, 6)", "3.141593" },
	{ "/data", "number('1,5')", "1.5" },
	{ "/data", "checklist(1, 2, true(), false(), true())", "true" },
	{ "/data", "checklist(-1, 1, 1, 1)", "false" },
	{ "/data", "weighted-checklist(3, 5, true(), 4, false(), 9)", "true" },
	{ "/data", "area('38.253094215699576 21.756382658677467;38.25021274773806 21.756382658677467;"
	    "38.25007793942195 21.763892843919166;38.25290886154963 21.763935759263404;"
	    "38.25146813817506 21.758421137528785')", "151452.30443216767" },
	{ "/data", "distance('0 1 0 0; 0 91 0 0; 0 1 0 0')", "20037392.10386106" },
	{ "/data", "distance('38.253094215699576 21.756382658677467 0 0')", "0" },
	{ "/data", "geofence('0.5 0.5', '0 0;0 1;1 1;1 0;0 0')", "true" },
	{ "/data", "geofence('1.5 0.5', '0 0;0 1;1 1;1 0;0 0')", "false" },

	/* Days; the clock stands at 2026-11-24 01:30 in UTC+8, the 23rd in UTC. */
	{ "/data", "today()", "2026-11-24" },
	{ "/data", "now()", "2026-11-24T01:30:00.000+08:00" },
	{ "/data", "date('2026-11-02')", "2026-11-02" },
	{ "/data", "date('2026-11-2')", "2026-11-02" },
	{ "/data", "date('2026-11-02T23:30:00.000+08:00')", "2026-11-02" },
	{ "/data", "date(20759)", "2026-11-02" },
	{ "/data", "date(20759.9)", "2026-11-02" },
	{ "/data", "date(now())", "2026-11-24" },
	{ "/data", "date('')", "" },
	{ "/data", "number(day)", "20759" },
	{ "/data", "day + 1", "20760" },
	{ "/data", "date(day + 1)", "2026-11-03" },
	{ "/data", "today() - day", "22" },
	{ "/data", "day < today()", "true" },
	{ "/data", "day = iso", "true" },
	{ "/data", "day = '2026-11-02'", "true" },
	{ "/data", "day = '2026-11-2'", "true" },
	{ "/data", "day != 'nonsense'", "true" },
	{ "/data", "iso < today()", "true" },
	{ "/data", "iso = date('2026-11-02')", "true" },
	{ "/data", "iso > '2026-11-01'", "true" },
	{ "/data", "empty < today()", "false" },
	{ "/data", "today() <= now()", "true" },
	{ "/data", "today() = now()", "true" },
	{ "/data", "now() = today()", "true" },
	{ "/data", "now() > today()", "false" },
	{ "/data", "today() < now()", "false" },
	{ "/data", "now() > '2026-11-24T01:29:00.000+08:00'", "true" },
	{ "/data", "day <= today() and day >= date(round(decimal-date-time(today())) - 31)", "true" },
	{ "/data", "round(decimal-date-time(today()))", "20781" },
	{ "/data", "decimal-date-time('1970-01-02T00:00:00Z')", "1" },
	{ "/data", "decimal-date-time('1970-01-02T08:00:00+08:00')", "1" },
	{ "/data", "decimal-date-time('')", "" },
	{ "/data", "decimal-time('06:00')", "0.25" },
	{ "/data", "decimal-time('18:00:00.000+08:00')", "0.75" },
	{ "/data", "decimal-time('00:00Z') * 24", "8" },
	{ "/data", "decimal-time('nonsense')", "NaN" },
	{ "/data", "time('9:05')", "09:05" },
	{ "/data", "date-time('2026-11-02T09:00')", "2026-11-02T09:00:00.000+08:00" },
	{ "/data", "date-time('2026-11-02')", "2026-11-02T00:00:00.000+08:00" },
	{ "/data", "format-date(day, '%Y年%n月%e日')", "2026年11月2日" },
	{ "/data", "format-date(day, '%y-%m-%d %a %b')", "26-11-02 周一 11月" },
	{ "/data", "format-date(day, '%A %B')", "星期一 11月" },
	{ "/data", "format-date-time(now(), '%H:%M:%S.%3 %h %W %%')", "01:30:00.000 1 48 %" },
	{ "/data", "format-date('2026-11-02T09:05:07+08:00', '%H:%M')", "09:05" },
	{ "/data", "format-date(20759, '%Y%m%d')", "20261102" },
	{ "/data", "format-date(empty, '%Y')", "" },
	{ "/data", "string(date('1969-12-31'))", "1969-12-31" },

	/* The same seed gives the same order as in ODK's programs. */
	{ "/data", "join('', randomize(l, 1234))", "gfedahbc" },
	{ "/data", "join('', randomize(l, '1234'))", "gfedahbc" },
	{ "/data", "join('', randomize(l, 'foo'))", "eadbhgcf" },
	{ "/data", "join('', randomize(l, '-6.8137120026589315 39.29392995851879'))", "hbdfagce" },
	{ "/data", "join('', randomize(l[. < 'c' or position() < 3], 0))", "ab" },
	{ "/data", "join('', randomize(l[position() < 3], 1))", "ba" },
	{ "/data", "count(randomize(rep))", "3" },
	{ "/data", "string-length(uuid())", "36" },
	{ "/data", "string-length(uuid(12))", "12" },
	{ "/data", "random() < 1 and random() >= 0", "true" },
};

static const struct row mistakes[] = {
	{ "/data", "", "! Column 1: the expression ends where a value should stand." },
	{ "/data", "1 +", "! Column 4: the expression ends where a value should stand." },
	{ "/data", "n 5", "! Column 3: \"5\" stands where an operator or the end should." },
	{ "/data", "(1", "! Column 3: the expression ends where ) should stand." },
	{ "/data", "n[1", "! Column 4: the expression ends where ] should stand." },
	{ "/data", "n = 'abc", "! Column 5: the quotation mark ' is never closed." },
	{ "/data", "n = ‘a’", "! Column 5: ‘ is a typographic quotation mark; write ' or \" instead." },
	{ "/data", "村 # 1", "! Column 3: the character # has no meaning in an expression." },
	{ "/data", "n ！= 1", "! Column 3: the character ！ has no meaning in an expression." },
	{ "/data", "1 + explode(2)", "! Column 5: there is no function explode(); check its spelling." },
	{ "/data", "if(n, 1)", "! Column 1: if() needs 3 arguments and has 2." },
	{ "/data", "round()", "! Column 1: round() needs 1 to 2 arguments and has 0." },
	{ "/data", "join()", "! Column 1: join() needs at least 1 arguments and has 0." },
	{ "/data", "indexed-repeat(/data/rep/x, /data/rep, 1, 2)",
	    "! Column 1: indexed-repeat() has 4 arguments; from 3 on they come in pairs." },
	{ "/data", "if(n,, 1)", "! Column 6: \",\" stands where a value should." },
	{ "/data", "concat(1,)", "! Column 10: \")\" stands where one more argument should." },
	{ "/data", "..[1]", "! Column 3: . and .. cannot be filtered; name the question instead." },
	{ "/data", "1 + date('nonsense')", "! Column 5: date(): \"nonsense\" is no date" },
	{ "/data", "date('2026-02-30')", "! Column 1: date(): \"2026-02-30\" is no date" },
	{ "/data", "format-date(day, '%Q')", "! Column 1: format-date(): %Q in the pattern means nothing" },
	{ "/data", "format-date(day, '%')", "! Column 1: format-date(): % in the pattern means nothing" },
	{ "/data", "count(5)", "! Column 1: count(): argument 1 must be questions, not a value" },
	{ "/data", "n/(1)", "! Column 3: \"(\" stands where the name of a question should." },
	{ "/data", "$x", "! Column 1: there is no variable $x" },
	{ "/data", "concat('a')/b", "! Column 1: a path starts at questions, not at a value" },
	{ "/data", "instance('none')/root/item", "! Column 1: instance(): there is no list or instance named none" },
	{ "/data", "text()", "! Column 1: text(), comment(), processing-instruction() and prefix:* are not part of the form language" },
	{ "/data", "n/following::x", "! Column 1: this axis is not part of the form language" },
	{ "/data", "regex(n, '[a')", "! Column 10: regex(): the pattern \"[a\" is wrong at character 3: missing terminating ] for character class" },
	{ "/data", "regex('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab!', '(a|a|aa)+b')",
	    "! Column 1: regex(): the pattern takes too long on this text; make it simpler" },
	{ "/data", "digest('a', 'CRC')", "! Column 1: digest(): CRC is none of MD5, SHA-1, SHA-256, SHA-384 and SHA-512" },
	{ "/data", "jr:itext('none')", "! Column 1: jr:itext(): there is no text named none" },
	{ "/data", "geofence('0 0', '')", "! Column 1: geofence(): it needs a point and an outline" },
};
/* clang-format on */

static void
run_rows(const struct row *table, size_t count)
{
	struct bench b;

	bench_init(&b);
	for (size_t i = 0; i < count; i++) {
		check_case(table[i].expression);
		CHECK(bench_stand_at(&b, table[i].at));
		CHECK_STR(answer(&b, table[i].expression), table[i].want);
		arena_reset(b.arena);
	}
	bench_clear(&b);
	check_close();
}

/* The checks of the shipped forms, on numbers that are right and wrong. */
static const char id18[] =
    "regex(., '^[1-9][0-9]{16}[0-9Xx]$') and (7 * number(substr(., 0, 1)) + 9 * "
    "number(substr(., 1, 2)) + 10 * number(substr(., 2, 3)) + 5 * number(substr(., 3, "
    "4)) + 8 "
    "* number(substr(., 4, 5)) + 4 * number(substr(., 5, 6)) + 2 * number(substr(., 6, "
    "7)) + 1 "
    "* number(substr(., 7, 8)) + 6 * number(substr(., 8, 9)) + 3 * number(substr(., 9, "
    "10)) + "
    "7 * number(substr(., 10, 11)) + 9 * number(substr(., 11, 12)) + 10 * "
    "number(substr(., 12, "
    "13)) + 5 * number(substr(., 13, 14)) + 8 * number(substr(., 14, 15)) + 4 * "
    "number(substr(., 15, 16)) + 2 * number(substr(., 16, 17)) + "
    "if(translate(substr(., 17, "
    "18), 'x', 'X') = 'X', 10, number(substr(., 17, 18)))) mod 11 = 1";

static void
identity_numbers_are_checked(void)
{
	struct fixture *f =
	    fixture_new("data(a='11010519491231002X' b='110105194912310021')");
	struct bench b;

	bench_init(&b);
	b.context.root = (struct node_ref){ &f->tree, f->tree.root };
	CHECK(bench_stand_at(&b, "/data/a"));
	CHECK_STR(answer(&b, id18), "true");
	CHECK(bench_stand_at(&b, "/data/b"));
	CHECK_STR(answer(&b, id18), "false");
	bench_clear(&b);
	fixture_free(f);
}

static void
late_mistakes_wait_for_evaluation(void)
{
	static const char *const texts[] = { "false() and explode(1)",
					     "true() or round()",
					     "if(true(), true(), regex('a', '['))" };
	struct err err = { 0 };
	struct bench b;
	bool value;

	bench_init(&b);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct expr *e = expr_parse_late(texts[i], b.parsed, &err);

		CHECK(!expr_parse(texts[i], b.parsed, NULL));
		CHECK(e && expr_boolean(e, &b.context, &value, &err));
		CHECK(value == (i > 0));
	}
	struct expr *e = expr_parse_late("explode(1)", b.parsed, &err);
	CHECK(e && !expr_boolean(e, &b.context, &value, &err));
	CHECK_STR(err.text,
		  "Column 1: there is no function explode(); check its spelling.");
	bench_clear(&b);
}

static char *
repeated(const char *open, const char *middle, const char *close, size_t times)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < times; i++)
		buf_str(&text, open);
	buf_str(&text, middle);
	for (size_t i = 0; i < times; i++)
		buf_str(&text, close);
	return buf_take(&text);
}

static void
nesting_is_bounded(void)
{
	static const struct {
		const char *open, *middle, *close;
	} deep[] = {
		{ "(", "1", ")" },  { "-", "1", "" },      { "not(", "1", ")" },
		{ "n[", "1", "]" }, { "1 + (", "1", ")" },
	};
	struct err err = { 0 };
	struct bench b;
	char *text;

	bench_init(&b);
	for (size_t i = 0; i < sizeof(deep) / sizeof(deep[0]); i++) {
		text = repeated(deep[i].open, deep[i].middle, deep[i].close, 100);
		CHECK(expr_parse(text, b.parsed, &err) != NULL);
		free(text);
		text = repeated(deep[i].open, deep[i].middle, deep[i].close, 100000);
		CHECK(!expr_parse(text, b.parsed, &err));
		CHECK(strstr(err.text, "brackets inside each other") != NULL);
		free(text);
	}
	text = repeated("1 + ", "1", "", 1500);
	CHECK_STR(answer(&b, text), "1501");
	free(text);
	text = repeated("1 + ", "1", "", 100000);
	CHECK(!expr_parse(text, b.parsed, &err));
	CHECK(strstr(err.text, "too long") != NULL);
	free(text);
	bench_clear(&b);
}

static void
show_path(const struct expr_path *p, struct buf *out)
{
	static const char *const starts[] = { "/", ".", "current", "instance" };

	if (p->within) {
		buf_char(out, '{');
		show_path(p->within, out);
		buf_char(out, '}');
	}
	buf_str(out, starts[p->start]);
	if (p->start == EXPR_FROM_INSTANCE)
		buf_fmt(out, ":%s", p->instance ? p->instance : "?");
	for (size_t i = 0; i < p->count; i++) {
		static const char *const axes[] = { "", "..", "self", "//" };

		buf_fmt(out, " %s%s%s", axes[p->steps[i].axis],
			p->steps[i].name ? p->steps[i].name : "",
			p->steps[i].filtered ? "[]" : "");
	}
}

static void
collect(const struct expr_path *p, void *data)
{
	struct buf *out = data;

	if (out->len)
		buf_str(out, "; ");
	show_path(p, out);
}

/* clang-format off */
static const struct {
	const char *expression, *paths;
} readings[] = {
	{ "1 + 2", "" },
	{ "/data/a + b", "/ data a; . b" },
	{ "../a/b", ". .. a b" },
	{ ".", ". self" },
	{ ". > today()", ". self" },
	{ "current()/../a", "current .. a" },
	{ "current()", "current" },
	{ "//x", "/ //* x" },
	{ "/data/*/x", "/ data * x" },
	{ "/", "/" },
	{ "/data/rep[x = ../n]/y", "{/ data rep[]}. x; {/ data rep[]}. .. n; / data rep[] y" },
	{ "rep[position() = /data/i]/y", "{. rep[]}.; {. rep[]}/ data i; . rep[] y" },
	{ "instance('l')/root/item[name = current()/../k]/label",
	    "{instance:l root item[]}. name; {instance:l root item[]}current .. k; "
	    "instance:l root item[] label" },
	{ "instance(/data/which)/root/item", "/ data which; instance:? root item" },
	{ "pulldata('l', 'a', 'b', /data/c)", "/ data c; instance:l" },
	{ "if(a, b, c)", ". a; . b; . c" },
	{ "jr:choice-name(/data/a, ' /data/a ')", "/ data a; / data a" },
	{ "indexed-repeat(/data/rep/x, /data/rep, ../i)", "/ data rep x; / data rep; . .. i" },
	{ "string-length()", "." },
	{ "once(random())", "" },
	{ "count(rep[x > random()])", "{. rep[]}. x; . rep[]" },
	{ "concat(uuid(), now())", "" },
	{ "a/ancestor::b", "/ //*" },
	{ "@id", ". self" },
	{ "randomize(/data/rep, 1)", "/ data rep" },
	{ "randomize(/data/rep)", "/ data rep" },
	{ "-a", ". a" },
};
/* clang-format on */

static void
what_is_read_is_told_exactly(void)
{
	struct arena *a = arena_new();
	struct buf out = { 0 };

	for (size_t i = 0; i < sizeof(readings) / sizeof(readings[0]); i++) {
		struct expr *e = expr_parse(readings[i].expression, a, NULL);

		check_case(readings[i].expression);
		CHECK(e != NULL);
		if (!e)
			continue;
		buf_reset(&out);
		expr_paths(e, collect, &out);
		CHECK_STR(buf_text(&out), readings[i].paths);
		CHECK_STR(expr_text(e), readings[i].expression);
	}
	check_close();
	buf_clear(&out);
	arena_free(a);
}

static void
without_surroundings_there_is_a_sentence(void)
{
	struct arena *a = arena_new();
	struct expr_context bare = { .arena = a, .position = 1, .size = 1 };
	static const char *const texts[] = { "/data",         ".",
					     "today()",       "now()",
					     "uuid()",        "current()",
					     "instance('x')", "jr:itext('x')",
					     "property('x')", "string-length()",
					     "position(..)" };
	struct err err;
	struct value v;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct expr *e = expr_parse(texts[i], a, NULL);

		err = (struct err){ 0 };
		check_case(texts[i]);
		CHECK(e && !expr_eval(e, &bare, &v, &err));
		CHECK(!strncmp(err.text, "Column ", 7));
	}
	check_close();
	arena_free(a);
}

/* A tree with an index: the same answers, and the index is what was asked. */
static int index_asked;

static uint32_t
child_where(const struct tree *tree, uint32_t id, const char *name, const char *key,
	    const char *text, uint32_t after)
{
	uint32_t child =
	    after ? fixture_next_sibling(tree, after) : fixture_first_child(tree, id);

	index_asked++;
	for (; child; child = fixture_next_sibling(tree, child)) {
		uint32_t cell = fixture_first_child(tree, child);

		while (cell && strcmp(fixture_name(tree, cell), key) != 0)
			cell = fixture_next_sibling(tree, cell);
		if (!strcmp(fixture_name(tree, child), name) && cell &&
		    !strcmp(fixture_at(tree, cell)->value.string, text))
			return child;
	}
	return 0;
}

static void
an_index_gives_the_same_rows(void)
{
	static const struct {
		const char *expression, *want;
		bool asked;
	} table[] = {
		{ "join(',', instance('list')/root/item[kind = '1']/name)", "a,b",
		  true },
		{ "join(',', instance('list')/root/item['c' = name]/label)", "丙",
		  true },
		{ "count(instance('list')/root/item[kind = '1'][name = 'b'])", "1",
		  true },
		{ "count(instance('list')/root/item[kind = /data/yes])", "0", true },
		{ "pulldata('list', 'label', 'name', 'b')", "乙", true },
		{ "count(instance('list')/root/item[kind = 1])", "2", false },
		{ "count(instance('list')/root/item[kind = ''])", "0", false },
		{ "count(instance('list')/root/item[kind != '1'])", "1", false },
	};
	struct tree_ops ops = fixture_ops;
	struct bench b;

	bench_init(&b);
	ops.child_where = child_where;
	b.list->tree.ops = &ops;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		check_case(table[i].expression);
		index_asked = 0;
		CHECK_STR(answer(&b, table[i].expression), table[i].want);
		CHECK((index_asked > 0) == table[i].asked);
	}
	check_close();
	bench_clear(&b);
}

int
main(void)
{
	run_rows(rows, sizeof(rows) / sizeof(rows[0]));
	run_rows(mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
	RUN(identity_numbers_are_checked);
	RUN(late_mistakes_wait_for_evaluation);
	RUN(nesting_is_bounded);
	what_is_read_is_told_exactly();
	without_surroundings_there_is_a_sentence();
	an_index_gives_the_same_rows();
	return CHECK_DONE();
}
