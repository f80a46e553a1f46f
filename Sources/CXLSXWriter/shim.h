#include <xlsxwriter.h>

// The fields of libxlsxwriter's structures are char * in some versions and const char * in others: C takes both.

static inline lxw_error ltc_workbook_describe(lxw_workbook *workbook, const char *title, time_t created) {
    lxw_doc_properties properties = {.title = (char *)title, .author = (char *)"ltc", .created = created};
    return workbook_set_properties(workbook, &properties);
}

// Cells of a column, from row to row, take one of the values; the array ends with NULL.
static inline lxw_error ltc_worksheet_offer(
    lxw_worksheet *sheet, lxw_row_t first, lxw_row_t last, lxw_col_t column, const char **values) {
    lxw_data_validation validation = {
        .validate = LXW_VALIDATION_TYPE_LIST, .value_list = (void *)values, .error_type = LXW_VALIDATION_ERROR_TYPE_STOP};
    return worksheet_data_validation_range(sheet, first, column, last, column, &validation);
}

// Cells of a column, from row to row, take a date not before one.
static inline lxw_error ltc_worksheet_demand_date(
    lxw_worksheet *sheet, lxw_row_t first, lxw_row_t last, lxw_col_t column, lxw_datetime earliest) {
    lxw_data_validation validation = {
        .validate = LXW_VALIDATION_TYPE_DATE, .criteria = LXW_VALIDATION_CRITERIA_GREATER_THAN_OR_EQUAL_TO,
        .value_datetime = earliest, .error_type = LXW_VALIDATION_ERROR_TYPE_STOP};
    return worksheet_data_validation_range(sheet, first, column, last, column, &validation);
}
