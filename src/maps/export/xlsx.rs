//! A workbook for spreadsheets: the rows of the CSV, a sheet for each kind of row.
//!
//! Cells are values, never formulas, whatever they begin with.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Style, Workbook, Worksheet, XlsxError};

use super::csv::{COLUMNS, LAST, Row, rows};
use super::loss::Losses;
use crate::maps::RegisterMap;

/// Kinds of rows, the sheets they stand on, and the columns that only other kinds have.
const SHEETS: [(&str, &str, &[&str]); 5] = [
    ("register", "registers", &["row", "register", "bit", "width", "value"]),
    ("bit", "bits", &[]),
    ("symbol", "symbols", &[]),
    ("reading", "readings", &[]),
    ("map", "info", &[]),
];
/// The columns of the sheets that have few.
const FEW: [(&str, &[&str]); 4] = [
    ("bit", &["register", "id", "name", "bit", "width", "description"]),
    ("symbol", &["register", "id", "value", "description"]),
    ("reading", &["register", "id", "description", "type", "scale", "offset", "unit", "source"]),
    ("map", &["id", "value"]),
];

pub(super) fn write(map: &RegisterMap, losses: &mut Losses) -> Result<Vec<u8>, XlsxError> {
    let rows = rows(map, losses);
    let mut book = Workbook::new();
    // The file depends on the map alone, not on the day.
    let date = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(&map.title).set_creation_datetime(&date));
    for (kind, name, without) in SHEETS {
        let all = COLUMNS.iter().chain([&LAST]).filter(|c| !without.contains(c)).copied();
        let columns: Vec<&str> = match FEW.iter().find(|(k, _)| *k == kind) {
            Some((_, columns)) => columns.to_vec(),
            None => all.collect(),
        };
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        fill(sheet, &columns, rows.iter().filter(|row| row.get("row").is_some_and(|r| r == kind)))?;
    }
    book.save_to_buffer()
}

fn fill<'a>(
    sheet: &mut Worksheet,
    columns: &[&str],
    rows: impl Iterator<Item = &'a Row>,
) -> Result<(), XlsxError> {
    let head = Style::new().set_bold();
    let mut last = 0;
    for (x, column) in (0u16..).zip(columns) {
        sheet.write_string_with_format(0, x, *column, &head)?;
        sheet.set_column_width(x, width(column))?;
    }
    for (y, row) in (1u32..).zip(rows) {
        for (x, column) in (0u16..).zip(columns) {
            match row.get(*column).filter(|cell| !cell.is_empty()) {
                Some(cell) => match number(column, cell) {
                    Some(number) => sheet.write_number(y, x, number)?,
                    None => sheet.write_string(y, x, clipped(cell))?,
                },
                None => sheet,
            };
        }
        last = y;
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Ok(right), true) = (u16::try_from(columns.len().saturating_sub(1)), last > 0) {
        sheet.autofilter(0, 0, last, right)?;
    }
    Ok(())
}

/// A cell of a spreadsheet holds 32767 characters. No map comes near; one that does must not stop the rest.
fn clipped(cell: &str) -> String {
    cell.chars().take(32_767).collect()
}

fn width(column: &str) -> f64 {
    match column {
        "description" | "notes" | "value" | "name" => 40.0,
        "id" | "register" | "source" | "requirements" | "redfish" => 24.0,
        _ => 12.0,
    }
}

/// Whole numbers that a spreadsheet holds exactly; others stay text, so that no digit is lost.
fn number(column: &str, cell: &str) -> Option<f64> {
    if matches!(column, "id" | "name" | "description" | "notes" | "since" | "deprecated") {
        return None;
    }
    let number = cell.parse::<i64>().ok().filter(|n| n.unsigned_abs() < 1 << 53)?;
    (number.to_string() == cell).then_some(number as f64)
}
