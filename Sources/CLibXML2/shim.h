#include <libxml/xmlversion.h>
// Where libxml2 is built with ICU, its headers bring ICU's, which are not those that Foundation has in it. Only the
// inside of a structure that we never look into depends on them.
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>

// The type of an error's parameter gained a const in libxml2 2.12.
#if LIBXML_VERSION >= 21200
static inline void ltc_xml_keep_silent(void *context, const xmlError *error) { (void)context; (void)error; }
#else
static inline void ltc_xml_keep_silent(void *context, xmlErrorPtr error) { (void)context; (void)error; }
#endif

// A push parser that tells of elements and text, loads nothing, and says its errors only when asked.
static inline xmlParserCtxtPtr ltc_xml_open(
    void *context, startElementNsSAX2Func start, endElementNsSAX2Func end, charactersSAXFunc text,
    internalSubsetSAXFunc doctype) {
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = start,
        .endElementNs = end,
        .characters = text,
        .internalSubset = doctype,
        .serror = ltc_xml_keep_silent,
    };
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handler, context, NULL, 0, NULL);
    if (parser) xmlCtxtUseOptions(parser, XML_PARSE_NONET);
    return parser;
}

// What was wrong first; NULL when nothing was.
static inline const char *ltc_xml_error(xmlParserCtxtPtr parser, int *line) {
    const xmlError *error = xmlCtxtGetLastError(parser);
    if (!error || error->level < XML_ERR_ERROR) return NULL;
    *line = error->line;
    return error->message;
}

static inline int ltc_xml_line(xmlParserCtxtPtr parser) { return parser->input ? parser->input->line : 0; }
