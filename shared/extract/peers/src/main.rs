//! Opens a workbook so many times with calamine alone, and walks all cells of all sheets: `calamine-alone TIMES FILE`.

use std::{env, fs, hint::black_box, io::Cursor};

use calamine::{Reader, open_workbook_auto_from_rs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(times), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("usage: calamine-alone TIMES FILE".into());
    };
    let bytes = fs::read(&path)?;
    let mut cells = 0;
    for _ in 0..times.parse::<u32>()? {
        let mut workbook = open_workbook_auto_from_rs(Cursor::new(bytes.as_slice()))?;
        cells = 0;
        for name in workbook.sheet_names() {
            let sheet = workbook.worksheet_range(&name)?;
            cells += sheet.used_cells().map(black_box).count();
        }
    }
    println!("{cells} cells");
    Ok(())
}
