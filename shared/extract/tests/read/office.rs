//! What office documents give: DOCX, PPTX, ODT, EPUB, RTF.

use std::io::{Cursor, Write};

use extract::{BlockKind, CellValue, Document, LIMITS, Limits, MarkKind, Merged, Problem};
use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::{at, cells, fixture, metadata, problem, read, read_within, warns};

/// A zip package of these entries.
pub(crate) fn package(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in entries {
        let options = SimpleFileOptions::default();
        writer.start_file(*path, options).expect("an entry");
        writer.write_all(content.as_bytes()).expect("its bytes");
    }
    writer.finish().expect("a package").into_inner()
}

/// A DOCX whose body is this, and other parts that it has.
fn docx_with(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let body = format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
    let mut entries = vec![("word/document.xml", body.as_str())];
    entries.extend(parts);
    package(&entries)
}

fn docx(body: &str) -> Vec<u8> {
    docx_with(body, &[])
}

/// A part's list of what it refers to: ids, kinds and targets.
fn relations(relations: &[(&str, &str, &str)]) -> String {
    let all: Vec<_> = relations
        .iter()
        .map(|(id, kind, target)| {
            let mode = if target.contains("//") { "External" } else { "" };
            format!("<Relationship Id=\"{id}\" Type=\"http://t/{kind}\" Target=\"{target}\" TargetMode=\"{mode}\"/>")
        })
        .collect();
    format!("<Relationships>{}</Relationships>", all.concat())
}

#[track_caller]
fn text(bytes: impl AsRef<[u8]>) -> String {
    read(bytes).expect("a document").text.into_string()
}

/// Each block with its words.
fn blocks(document: &Document) -> Vec<(BlockKind, &str)> {
    let blocks = document.blocks.iter();
    blocks
        .map(|block| (block.kind.clone(), at(document, Some(&block.span))))
        .collect()
}

fn marks(document: &Document) -> Vec<(MarkKind, &str)> {
    let marks = document.marks.iter();
    marks
        .map(|mark| (mark.kind, at(document, Some(&mark.span))))
        .collect()
}

fn item(depth: u8, number: Option<u64>) -> BlockKind {
    BlockKind::Item { depth, number }
}

#[test]
fn docx_is_read_with_its_headings_lists_and_emphasis() {
    let document = read(fixture("notes.docx")).unwrap();
    assert_eq!(
        blocks(&document)[..7],
        [
            (BlockKind::Heading(1), "Notes on coffee"),
            (BlockKind::Heading(1), "Brewing"),
            (item(1, Some(1)), "Grind"),
            (item(1, Some(2)), "Pour"),
            (item(2, Some(1)), "slowly"),
            (item(2, Some(2)), "in circles"),
            (item(1, Some(3)), "Drink"),
        ]
    );
    assert_eq!(
        marks(&document),
        [
            (MarkKind::Emphasis, "92 °C"),
            (MarkKind::Strong, "good"),
            (MarkKind::Code, "cup()")
        ]
    );
    let code = BlockKind::Code { language: None };
    assert_eq!(
        blocks(&document)[8],
        (code, "def cup():\n\n    return \"coffee\"")
    );
    assert_eq!(document.blocks[7].quoted, 1);
    assert!(document.text.as_str().contains("Water[1] of"));
    assert!(
        document
            .text
            .as_str()
            .ends_with("\n\n[1] Soft water is best.")
    );
    let link = &document.links[0];
    assert_eq!(link.href, "https://test.com/guide");
    assert_eq!(at(&document, link.span.as_ref()), "the guide");
}

#[test]
fn docx_tables_have_their_captions_headers_and_merged_cells() {
    let document = read(fixture("report.docx")).unwrap();
    assert_eq!(
        cells(&document, 0),
        [
            ["City", "Cup", "Cup"],
            ["City", "small", "large"],
            ["Rome", "1.10", "1.50"],
            ["Bern", "4.50", "4.50"]
        ]
    );
    let table = &document.tables[0];
    assert_eq!(table.header_rows, 2);
    assert_eq!(table.caption.as_deref(), Some("Table 1: Prices by city"));
    let merged = |row, column, rows, columns| Merged {
        row,
        column,
        rows,
        columns,
    };
    assert_eq!(
        table.merged,
        [merged(0, 0, 2, 1), merged(0, 1, 1, 2), merged(3, 1, 1, 2)]
    );
    assert_eq!(
        at(&document, table.span.as_ref()),
        "Table 1: Prices by city\n\nCity\tCup\nsmall\tlarge\nRome\t1.10\t1.50\nBern\t4.50"
    );
    assert_eq!(at(&document, table.rows[2][1].span.as_ref()), "1.10");
    assert_eq!(table.rows[3][2].span, None);
    // A table within a cell is one of its own.
    assert_eq!(cells(&document, 1), [["outer", "in ner"]]);
    assert_eq!(cells(&document, 2), [["in", "ner"]]);
}

#[test]
fn docx_metadata_has_common_names_and_keeps_its_own() {
    let document = read(fixture("report.docx")).unwrap();
    for (name, value) in [
        ("title", json!("Quarterly report")),
        ("author", json!("Zoë Müller")),
        ("dc:creator", json!("Zoë Müller")),
        ("created", json!("2026-03-09T10:00:00Z")),
        ("modified", json!("2026-03-10T11:30:00Z")),
        ("language", json!("en-GB")),
        ("subject", json!("Sales")),
        ("keywords", json!(["sales", "2026"])),
        ("description", json!("What was sold.")),
        ("cp:lastModifiedBy", json!("Bob Example")),
    ] {
        assert_eq!(metadata(&document, name), value, "{name}");
    }
}

#[test]
fn docx_headers_and_footers_come_once_after_the_text() {
    let text = text(fixture("report.docx"));
    assert!(
        text.ends_with("\n\nExample Ltd · confidential\n\n1 High Street, Rome"),
        "{text}"
    );
}

#[test]
fn docx_that_tracks_changes_is_read_as_it_would_be_accepted() {
    let document = read(docx(
        "<w:p><w:r><w:t>It costs </w:t></w:r><w:del><w:r><w:delText>4</w:delText><w:t>4</w:t></w:r></w:del>\
         <w:ins><w:r><w:t>5</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom></w:p>\
         <w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>old</w:t></w:r></w:p></w:tc></w:tr>\
         <w:tr><w:tc><w:p><w:r><w:t>new</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
    ))
    .unwrap();
    assert_eq!(document.text.as_str(), "It costs 5\n\nnew");
    assert_eq!(cells(&document, 0), [["new"]]);
    assert!(
        warns(&document, &["deleted", "3"]),
        "{:?}",
        document.warnings
    );
}

#[test]
fn docx_fields_are_read_as_what_they_came_to() {
    let document = read(docx(
        "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> HYPERLINK \"https://test.com\" </w:instrText></w:r>\
         <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>our page</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>\
         <w:r><w:t xml:space=\"preserve\"> and </w:t></w:r><w:fldSimple w:instr=\"PAGE\"><w:r><w:t>7</w:t></w:r></w:fldSimple></w:p>",
    ))
    .unwrap();
    assert_eq!(document.text.as_str(), "our page and 7");
    assert_eq!(document.links[0].href, "https://test.com");
    assert_eq!(at(&document, document.links[0].span.as_ref()), "our page");
}

#[test]
fn docx_text_boxes_are_read_once_and_apart_from_their_paragraph() {
    let boxed = "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>";
    let document = read(docx(&format!(
        "<w:p><w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr><w:r><w:t>before</w:t></w:r><w:r><mc:AlternateContent>\
         <mc:Choice><w:drawing>{boxed}</w:drawing></mc:Choice><mc:Fallback><w:pict>{boxed}</w:pict></mc:Fallback>\
         </mc:AlternateContent></w:r><w:r><w:t>after</w:t></w:r></w:p>"
    )))
    .unwrap();
    assert_eq!(document.text.as_str(), "before\n\nboxed\n\nafter");
    assert_eq!(
        blocks(&document),
        [
            (BlockKind::Heading(2), "before"),
            (BlockKind::Heading(2), "after")
        ]
    );
}

#[test]
fn docx_says_what_is_not_read() {
    let document = read(docx(
        "<w:p><w:r><w:drawing><a:blip/></w:drawing></w:r><w:r><w:drawing><c:chart/></w:drawing></w:r>\
         <w:r><w:object><v:imagedata/><o:OLEObject/></w:object></w:r>\
         <w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r></w:p>",
    ))
    .unwrap();
    assert_eq!(document.text.as_str(), "");
    for words in [
        &["no text, only images", "Images: 1."],
        &["Charts", ": 1."],
        &["Embedded objects", ": 1."],
        &["Hidden", ": 1."],
    ] {
        assert!(
            warns(&document, words),
            "{words:?}: {:?}",
            document.warnings
        );
    }
}

#[test]
fn docx_comments_and_endnotes_follow_the_text() {
    let links = relations(&[
        ("r1", "comments", "comments.xml"),
        ("r2", "endnotes", "endnotes.xml"),
    ]);
    let document = read(docx_with(
        "<w:p><w:r><w:t>Text</w:t><w:endnoteReference w:id=\"2\"/></w:r></w:p>",
        &[
            ("word/_rels/document.xml.rels", &links),
            (
                "word/comments.xml",
                "<w:comments><w:comment w:author=\"Ann\"><w:p><w:r><w:t>Really?</w:t></w:r></w:p></w:comment></w:comments>",
            ),
            (
                "word/endnotes.xml",
                "<w:endnotes><w:endnote w:id=\"0\"><w:p><w:r><w:separator/></w:r></w:p></w:endnote>\
                 <w:endnote w:id=\"2\"><w:p><w:r><w:endnoteRef/><w:t xml:space=\"preserve\"> Yes.</w:t></w:r></w:p></w:endnote></w:endnotes>",
            ),
        ],
    ))
    .unwrap();
    assert_eq!(
        document.text.as_str(),
        "Text[1]\n\n[1] Yes.\n\nComment by Ann: Really?"
    );
}

#[test]
fn an_office_document_with_a_password_is_refused_as_such() {
    let document = include_bytes!("../../fixtures/docx/password.docx");
    let (problem, detail) = problem(read(document));
    assert_eq!(problem, Problem::Encrypted);
    assert!(detail.contains("password"), "{detail}");
}

#[test]
fn an_office_document_is_known_by_what_it_says_of_itself_in_whatever_order() {
    let types = "<Types><Override ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    let links = relations(&[("r1", "officeDocument", "/else/where.xml")]);
    let body = "<w:document><w:body><w:p><w:r><w:t>x</w:t></w:r></w:p></w:body></w:document>";
    let mut entries = [
        ("[Content_Types].xml", types),
        ("_rels/.rels", &links),
        ("else/where.xml", body),
    ];
    for _ in 0..entries.len() {
        entries.rotate_left(1);
        let document = read(package(&entries)).unwrap();
        assert_eq!(document.text.as_str(), "x");
        assert!(document.media_type.ends_with("wordprocessingml.document"));
    }
}

#[test]
fn a_package_that_unpacks_to_too_much_is_refused() {
    let limits = Limits {
        max_unpacked_bytes: 1 << 20,
        ..LIMITS
    };
    let spaces = " ".repeat(3 << 19);
    let bomb = docx(&spaces);
    let (kind, detail) = problem(read_within(&limits, None, None, &bomb));
    assert_eq!(kind, Problem::LimitExceeded);
    assert!(detail.contains("max_unpacked_bytes"), "{detail}");

    let bomb = docx(&" ".repeat(20 << 20));
    let (kind, detail) = problem(read(&bomb));
    assert_eq!(kind, Problem::LimitExceeded);
    assert!(detail.contains("max_unpack_ratio"), "{detail}");
}

#[test]
fn a_package_with_too_many_entries_is_refused() {
    let names: Vec<_> = (0..=LIMITS.max_package_entries)
        .map(|it| it.to_string())
        .collect();
    let entries: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    let (kind, detail) = problem(read(package(&entries)));
    assert_eq!(kind, Problem::LimitExceeded);
    assert!(detail.contains("max_package_entries"), "{detail}");
}

#[test]
fn office_xml_that_means_harm_is_refused_or_read_as_it_is() {
    let deep = |depth: usize| docx(&("<w:ins>".repeat(depth) + &"</w:ins>".repeat(depth)));
    assert!(read(deep(200)).is_ok());
    let (kind, detail) = problem(read(deep(100_000)));
    assert_eq!(kind, Problem::LimitExceeded);
    assert!(detail.contains("max_xml_depth"), "{detail}");

    let laughs =
        "<!DOCTYPE d [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><w:document><w:body/></w:document>";
    let (kind, detail) = problem(read(package(&[("word/document.xml", laughs)])));
    assert_eq!(kind, Problem::UnsupportedFormat);
    assert!(detail.contains("entities"), "{detail}");
    assert_eq!(
        text(docx(
            "<w:p><w:r><w:t>a &amp; &#x2603; &b;</w:t></w:r></w:p>"
        )),
        "a & ☃ &b;"
    );

    let (kind, _) = problem(read(docx("<w:p><w:r></w:p>")));
    assert_eq!(kind, Problem::Malformed);
    let (kind, _) = problem(read(package(&[(
        "word/document.xml",
        "<w:document><w:body>",
    )])));
    assert_eq!(kind, Problem::Malformed);
}

#[test]
fn cells_of_an_office_table_that_span_too_much_are_kept_within_the_limits() {
    let row = "<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"999999999\"/></w:tcPr><w:p><w:r><w:t>wide</w:t></w:r></w:p></w:tc></w:tr>";
    let document = read(docx(&format!("<w:tbl>{}</w:tbl>", row.repeat(3_000)))).unwrap();
    assert_eq!(document.tables[0].rows[0].len(), 1000);
    assert!(document.tables[0].rows.len() <= 1000);
    assert!(
        warns(&document, &["max_table_cells"]),
        "{:?}",
        document.warnings
    );
}

/// A PPTX whose only slide has these shapes.
fn pptx(shapes: &str) -> Vec<u8> {
    let slide = format!("<p:sld show=\"0\"><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>");
    package(&[
        (
            "ppt/presentation.xml",
            "<p:presentation><p:sldIdLst><p:sldId id=\"256\" r:id=\"r1\"/></p:sldIdLst></p:presentation>",
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            &relations(&[("r1", "slide", "slides/slide1.xml")]),
        ),
        (
            "ppt/slides/_rels/slide1.xml.rels",
            &relations(&[
                ("r1", "diagramData", "../diagrams/data1.xml"),
                ("r2", "comments", "../comments/comment1.xml"),
            ]),
        ),
        ("ppt/slides/slide1.xml", &slide),
        (
            "ppt/diagrams/data1.xml",
            "<dgm:dataModel><dgm:ptLst><dgm:pt><dgm:t><a:p><a:r><a:t>a step</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>",
        ),
        (
            "ppt/comments/comment1.xml",
            "<p:cmLst><p:cm authorId=\"0\"><p:text>Shorter!</p:text></p:cm></p:cmLst>",
        ),
    ])
}

#[test]
fn pptx_slides_are_pages_with_titles_items_tables_and_notes() {
    let document = read(fixture("plans.pptx")).unwrap();
    assert_eq!(
        document.text.as_str(),
        "Plans for 2027\n\nZoë Müller, zoe@test.com\n\nWhat we do\n\nSell coffee\nin Rome\nAsk the shop first\n\n\
         Speaker notes: Say it slowly.\n\nThen pause.\n\nPrices\n\nCity\tCup\nsmall\tlarge\nRome\t1.10\t1.50\n\
         Bern\t4.50\n\nGrouped"
    );
    assert_eq!(document.text.pages(), Some(4));
    for (word, page) in [
        ("Plans", 1),
        ("What", 2),
        ("pause", 2),
        ("Prices", 3),
        ("Grouped", 3),
    ] {
        let offset = document.text.as_str().find(word).unwrap();
        assert_eq!(document.text.page_at(offset), Some(page), "{word}");
    }
    assert_eq!(
        blocks(&document),
        [
            (BlockKind::Heading(1), "Plans for 2027"),
            (BlockKind::Heading(1), "What we do"),
            (item(1, None), "Sell coffee"),
            (item(2, None), "in Rome"),
            (item(1, None), "Ask the shop first"),
            (BlockKind::Heading(1), "Prices"),
        ]
    );
    assert_eq!(marks(&document), [(MarkKind::Strong, "first")]);
    assert_eq!(document.links[0].href, "https://test.com/shop");
    assert_eq!(
        cells(&document, 0),
        [
            ["City", "Cup", "Cup"],
            ["City", "small", "large"],
            ["Rome", "1.10", "1.50"],
            ["Bern", "4.50", "4.50"]
        ]
    );
    assert_eq!(document.tables[0].header_rows, 1);
    assert_eq!(document.tables[0].merged.len(), 3);
    assert_eq!(metadata(&document, "author"), json!("Zoë Müller"));
}

#[test]
fn pptx_numbers_diagrams_and_comments_are_read_and_slide_numbers_are_not() {
    let shape = |kind: &str, body: &str| {
        format!(
            "<p:sp><p:nvSpPr><p:nvPr><p:ph type=\"{kind}\"/></p:nvPr></p:nvSpPr><p:txBody>{body}</p:txBody></p:sp>"
        )
    };
    let numbered = |text: &str| {
        format!(
            "<a:p><a:pPr><a:buAutoNum startAt=\"4\"/></a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>"
        )
    };
    let plain = "<a:p><a:pPr><a:buNone/></a:pPr><a:r><a:t>plain</a:t></a:r></a:p>";
    let document = read(pptx(
        &[
            shape(
                "body",
                &[numbered("four"), numbered("five"), plain.into()].concat(),
            ),
            shape(
                "sldNum",
                "<a:p><a:fld type=\"slidenum\"><a:t>1</a:t></a:fld></a:p>",
            ),
            "<p:graphicFrame><a:graphic><dgm:relIds r:dm=\"r1\"/></a:graphic></p:graphicFrame>"
                .to_owned(),
            "<p:pic><p:blipFill><a:blip/></p:blipFill></p:pic>".to_owned(),
        ]
        .concat(),
    ))
    .unwrap();
    assert_eq!(
        document.text.as_str(),
        "four\nfive\n\nplain\n\na step\n\nComment: Shorter!"
    );
    assert_eq!(
        blocks(&document),
        [(item(1, Some(4)), "four"), (item(1, Some(5)), "five")]
    );
    assert!(
        warns(&document, &["images", ": 1."]),
        "{:?}",
        document.warnings
    );
    assert!(
        warns(&document, &["Hidden slides", ": 1."]),
        "{:?}",
        document.warnings
    );
}

#[test]
fn a_presentation_of_too_many_slides_is_refused() {
    let ids = "<p:sldId id=\"1\" r:id=\"r1\"/>".repeat(LIMITS.max_pages + 1);
    let main = format!("<p:presentation><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>");
    let (kind, detail) = problem(read(package(&[("ppt/presentation.xml", &main)])));
    assert_eq!(kind, Problem::LimitExceeded);
    assert!(detail.contains("max_pages"), "{detail}");
}

/// An ODT whose text is this.
fn odt(text: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"o\"><office:automatic-styles>\
         <style:style style:name=\"B\" style:family=\"text\"><style:text-properties fo:font-weight=\"bold\"/></style:style>\
         <text:list-style style:name=\"L\"><text:list-level-style-number text:level=\"1\" style:num-format=\"1\"/></text:list-style>\
         </office:automatic-styles><office:body><office:text>{text}</office:text></office:body></office:document-content>"
    );
    package(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", &content),
    ])
}

#[test]
fn odt_is_read_with_its_headings_lists_emphasis_and_notes() {
    let document = read(fixture("notes.odt")).unwrap();
    let of_docx = read(fixture("notes.docx")).unwrap();
    // The same document, written in two formats.
    assert_eq!(document.text.as_str(), of_docx.text.as_str());
    assert_eq!(document.blocks, of_docx.blocks);
    assert_eq!(document.marks, of_docx.marks);
    assert_eq!(document.links, of_docx.links);
    assert_eq!(document.tables, of_docx.tables);
    assert_eq!(metadata(&document, "author"), json!("Ann Example"));
    assert_eq!(metadata(&document, "language"), json!("en"));
}

#[test]
fn odt_of_a_word_processor_has_merged_cells_metadata_headers_and_footers() {
    let document = read(fixture("report.odt")).unwrap();
    let table = &document.tables[0];
    assert_eq!(
        cells(&document, 0)[..2],
        [
            ["City", "Cup", "Cup", "Cup"],
            ["City", "small", "small", "large"]
        ]
    );
    assert_eq!(table.header_rows, 2);
    assert_eq!(table.caption.as_deref(), Some("Table 1: Prices by city"));
    let city = Merged {
        row: 0,
        column: 0,
        rows: 2,
        columns: 1,
    };
    assert_eq!(table.merged[0], city);
    for (name, value) in [
        ("author", json!("Zoë Müller")),
        ("dc:creator", json!("Bob Example")),
        ("created", json!("2026-03-09T10:00:00")),
        ("keywords", json!(["sales", "2026"])),
        ("language", json!("en-GB")),
    ] {
        assert_eq!(metadata(&document, name), value, "{name}");
    }
    let end = "Example Ltd · confidential\n\n1 High Street, Rome";
    assert!(document.text.as_str().ends_with(end));
}

#[test]
fn odt_cells_are_typed_where_the_document_says_so() {
    let cell = |attributes: &str, text: &str| {
        format!("<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>")
    };
    let row = [
        cell(
            "office:value-type=\"currency\" office:value=\"4.5\"",
            "4,50 €",
        ),
        cell(
            "office:value-type=\"date\" office:date-value=\"2026-03-09\"",
            "9.3.26",
        ),
        cell(
            "office:value-type=\"boolean\" office:boolean-value=\"true\"",
            "WAHR",
        ),
        cell(
            "office:value-type=\"float\" office:value=\"no number\"",
            "x",
        ),
        cell("table:number-columns-repeated=\"2\"", "twice"),
    ];
    let document = read(odt(&format!(
        "<table:table><table:table-row>{}</table:table-row></table:table>",
        row.concat()
    )))
    .unwrap();
    assert_eq!(
        cells(&document, 0),
        [["4,50 €", "9.3.26", "WAHR", "x", "twice", "twice"]]
    );
    let values: Vec<_> = document.tables[0].rows[0]
        .iter()
        .map(|cell| cell.value.clone())
        .collect();
    assert_eq!(
        values,
        [
            Some(CellValue::Number("4.5".into())),
            Some(CellValue::Moment("2026-03-09".into())),
            Some(CellValue::Boolean(true)),
            None,
            None,
            None
        ]
    );
}

#[test]
fn odt_leaves_out_deletions_and_reads_comments_and_boxes_apart() {
    let document = read(odt(
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>\
         <text:p>One<text:s text:c=\"3\"/>two <text:span text:style-name=\"B\">three</text:span>\
         <office:annotation><dc:creator>Ann</dc:creator><dc:date>2026</dc:date><text:p>Why?</text:p></office:annotation>\
         <draw:frame><draw:image/></draw:frame> four\
         <draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame> five</text:p>",
    ))
    .unwrap();
    assert_eq!(
        document.text.as_str(),
        "One two three four\n\nboxed\n\nfive\n\nComment by Ann: Why?"
    );
    assert_eq!(marks(&document), [(MarkKind::Strong, "three")]);
    assert!(
        warns(&document, &["deleted", ": 1."]),
        "{:?}",
        document.warnings
    );
    assert!(
        warns(&document, &["images", ": 1."]),
        "{:?}",
        document.warnings
    );
}

#[test]
fn odt_lists_go_on_where_they_say_so() {
    let list = |attributes: &str, items: &[&str]| {
        let items: Vec<_> = items
            .iter()
            .map(|item| format!("<text:list-item><text:p>{item}</text:p></text:list-item>"))
            .collect();
        format!(
            "<text:list text:style-name=\"L\" {attributes}>{}</text:list>",
            items.concat()
        )
    };
    let document = read(odt(&[
        list("", &["a", "b"]),
        list("text:continue-numbering=\"true\"", &["c"]),
        list("", &["d"]),
    ]
    .concat()))
    .unwrap();
    let numbers: Vec<_> = blocks(&document);
    assert_eq!(
        numbers,
        [
            (item(1, Some(1)), "a"),
            (item(1, Some(2)), "b"),
            (item(1, Some(3)), "c"),
            (item(1, Some(1)), "d")
        ]
    );
}

#[test]
fn odt_with_a_password_and_other_open_documents_are_refused_by_name() {
    let (kind, detail) = problem(read(package(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        (
            "META-INF/manifest.xml",
            "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>",
        ),
        ("content.xml", "\u{1}\u{2}"),
    ])));
    assert_eq!(kind, Problem::Encrypted);
    assert!(detail.contains("password"), "{detail}");

    let drawing = "application/vnd.oasis.opendocument.graphics";
    let (kind, detail) = problem(read(package(&[
        ("mimetype", drawing),
        ("content.xml", "<x/>"),
    ])));
    assert_eq!(kind, Problem::UnsupportedFormat);
    assert!(detail.contains(drawing), "{detail}");
}

/// An EPUB of two chapters, the second one first in its list of files.
fn epub(chapters: [&str; 2], encryption: &str) -> Vec<u8> {
    let description = "<package><metadata><dc:title>Two</dc:title><dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator>\
        <dc:subject>tea</dc:subject><dc:date>2026-03-09</dc:date><meta name=\"generator\" content=\"hand\"/></metadata>\
        <manifest><item id=\"b\" href=\"b.xhtml\" media-type=\"application/xhtml+xml\"/>\
        <item id=\"a\" href=\"a%20one.xhtml\" media-type=\"application/xhtml+xml\"/>\
        <item id=\"n\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\" properties=\"nav\"/></manifest>\
        <spine><itemref idref=\"n\"/><itemref idref=\"a\"/><itemref idref=\"b\"/><itemref idref=\"gone\"/></spine></package>";
    let container =
        "<container><rootfiles><rootfile full-path=\"OPS/book.opf\"/></rootfiles></container>";
    let mut entries = vec![
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", container),
        ("OPS/book.opf", description),
        ("OPS/nav.xhtml", "<html><body>Contents</body></html>"),
        ("OPS/b.xhtml", chapters[1]),
        ("OPS/a one.xhtml", chapters[0]),
    ];
    if !encryption.is_empty() {
        entries.push(("META-INF/encryption.xml", encryption));
    }
    package(&entries)
}

#[test]
fn epub_chapters_are_read_in_the_order_of_the_spine() {
    let first = "<?xml version=\"1.0\"?><html><head><title/></head><body><a id=\"x\"/><p>One, <i/>see <a href=\"https://test.com\">this</a>.</p></body></html>";
    let second = "<html><body><p>Two.</p><table><tr><th>City</th></tr><tr><td>Rome</td></tr></table></body></html>";
    let document = read(epub([first, second], "")).unwrap();
    assert_eq!(
        document.text.as_str(),
        "One, see this.\n\nTwo.\n\nCity\nRome"
    );
    assert_eq!(document.media_type, "application/epub+zip");
    assert_eq!(document.links[0].href, "https://test.com");
    assert_eq!(at(&document, document.links[0].span.as_ref()), "this");
    assert_eq!(cells(&document, 0), [["City"], ["Rome"]]);
    assert_eq!(
        at(&document, document.tables[0].rows[1][0].span.as_ref()),
        "Rome"
    );
    for (name, value) in [
        ("title", json!("Two")),
        ("author", json!("Ann, Bob")),
        ("dc:creator", json!(["Ann", "Bob"])),
        ("keywords", json!(["tea"])),
        ("created", json!("2026-03-09")),
        ("generator", json!("hand")),
    ] {
        assert_eq!(metadata(&document, name), value, "{name}");
    }
    assert!(
        warns(&document, &["Missing", ": 1."]),
        "{:?}",
        document.warnings
    );
}

#[test]
fn epub_of_a_converter_is_read_with_its_notes_and_tables() {
    let document = read(fixture("notes.epub")).unwrap();
    assert!(
        document
            .text
            .as_str()
            .contains("Water1 of 92 °C makes good coffee")
    );
    assert_eq!(cells(&document, 0)[0], ["Bean", "Price"]);
    assert_eq!(
        document.tables[0].caption.as_deref(),
        Some("Prices per pound")
    );
    assert_eq!(metadata(&document, "title"), json!("Notes on coffee"));
    assert_eq!(metadata(&document, "language"), json!("en"));
}

#[test]
fn epub_that_is_protected_is_refused_and_one_with_protected_fonts_is_read() {
    let encryption = |algorithm: &str| {
        format!(
            "<encryption><EncryptedData><EncryptionMethod Algorithm=\"{algorithm}\"/></EncryptedData></encryption>"
        )
    };
    let chapters = ["<p>One</p>", "<p>Two</p>"];
    let protected = encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc");
    let (kind, detail) = problem(read(epub(chapters, &protected)));
    assert_eq!(kind, Problem::Encrypted);
    assert!(detail.contains("DRM"), "{detail}");
    let fonts = encryption("http://www.idpf.org/2008/embedding");
    assert_eq!(text(epub(chapters, &fonts)), "One\n\nTwo");
}

#[test]
fn rtf_is_read_with_its_headings_lists_emphasis_and_notes() {
    let document = read(fixture("notes.rtf")).unwrap();
    assert_eq!(document.media_type, "application/rtf");
    assert_eq!(
        blocks(&document),
        [
            (BlockKind::Heading(1), "Brewing"),
            (item(1, Some(1)), "Grind"),
            (item(1, Some(2)), "Pour"),
            (item(2, None), "slowly"),
            (item(2, None), "in circles"),
            (item(1, Some(3)), "Drink"),
        ]
    );
    assert_eq!(
        marks(&document)[1..4],
        [
            (MarkKind::Emphasis, "92 °C"),
            (MarkKind::Strong, "good"),
            (MarkKind::Code, "cup()")
        ]
    );
    assert_eq!(document.links[0].href, "https://test.com/guide");
    assert_eq!(at(&document, document.links[0].span.as_ref()), "the guide");
    assert_eq!(
        cells(&document, 0),
        [["Bean", "Price"], ["Arabica", "4.50"], ["Robusta", "3.10"]]
    );
    assert!(
        document
            .text
            .as_str()
            .ends_with("\n\n[1] Soft water is best.")
    );
}

#[test]
fn rtf_of_a_word_processor_has_styles_tables_metadata_headers_and_footers() {
    let document = read(fixture("report.rtf")).unwrap();
    assert_eq!(
        blocks(&document)[..5],
        [
            (BlockKind::Heading(1), "Quarterly report"),
            (BlockKind::Heading(1), "Summary"),
            (item(1, None), "First"),
            (item(1, None), "Within"),
            (item(1, None), "Second"),
        ]
    );
    assert_eq!(cells(&document, 0)[2], ["Rome", "1.10", "1.50"]);
    assert_eq!(cells(&document, 0)[1][0], "City");
    for (name, value) in [
        ("title", json!("Quarterly report")),
        ("author", json!("Zoë Müller")),
        ("created", json!("2026-03-09T10:00:00")),
        ("keywords", json!(["sales", "2026"])),
    ] {
        assert_eq!(metadata(&document, name), value, "{name}");
    }
    let end = "Example Ltd · confidential\n\n1 High Street, Rome";
    assert!(document.text.as_str().ends_with(end));
}

#[test]
fn rtf_text_is_decoded_by_code_page_font_and_number() {
    for (rtf, expected) in [
        (r"{\rtf1\ansi\ansicpg1252 Gr\'fc\'dfe}", "Grüße"),
        (r"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8}", "При"),
        (r"{\rtf1\ansi\ansicpg932 \'93\'fa\'96\'7b}", "日本"),
        (
            r"{\rtf1\ansi{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial;}}\f1 \'cf\f0 \'cf}",
            "ПÏ",
        ),
        (r"{\rtf1\ansi\uc1 \u8364?\u-10179?\u-8704?}", "€😀"),
        (r"{\rtf1\ansi\uc2 a\u8364 ??b{\uc0\u233 c}}", "a€béc"),
        (r"{\rtf1 a\~b\_c\emdash d\{\}\\}", "a\u{a0}b\u{2011}c—d{}\\"),
        (r"{\rtf1 a{\*\unknown {b}}\bin3 {{{c}", "ac"),
    ] {
        assert_eq!(text(rtf), expected, "{rtf}");
    }
}

#[test]
fn rtf_leaves_out_what_is_deleted_hidden_or_no_text() {
    let document = read(
        br"{\rtf1{\*\generator Writer 1;}{\stylesheet{\s1 heading 1;}}one {\deleted two }{\v three }four{\pict\wmetafile8 0123}\par
           {\header \pard Page {\field{\*\fldinst PAGE}{\fldrslt 1}}\par}
           {\*\atnauthor Ann}{\*\annotation \pard Why?\par}\pard\s1 five\line six\par}",
    )
    .unwrap();
    assert_eq!(
        document.text.as_str(),
        "one four\n\nfive\nsix\n\nComment by Ann: Why?\n\nPage 1"
    );
    assert_eq!(document.blocks[0].kind, BlockKind::Heading(1));
    assert_eq!(metadata(&document, "generator"), json!("Writer 1"));
    assert!(
        warns(&document, &["deleted", ": 1."]),
        "{:?}",
        document.warnings
    );
    assert!(
        warns(&document, &["images", ": 1."]),
        "{:?}",
        document.warnings
    );
}

#[test]
fn rtf_that_is_nested_too_deeply_is_refused_and_one_that_is_cut_off_is_read() {
    let (kind, detail) = problem(read(format!("{{\\rtf1 {}", "{".repeat(1_000_000))));
    assert_eq!(kind, Problem::LimitExceeded);
    assert!(detail.contains("max_rtf_depth"), "{detail}");
    let notes = r"{\footnote ".repeat(200) + &"}".repeat(200);
    assert!(read(format!("{{\\rtf1 a{notes} b}}")).is_ok());

    let document = read(r"{\rtf1 one {\b two").unwrap();
    assert_eq!(document.text.as_str(), "one two");
    assert!(warns(&document, &["cut off"]), "{:?}", document.warnings);
    let row = r"\trowd\intbl a\cell";
    let document = read(format!("{{\\rtf1 {row} \\clmrg\\cellx1{row}")).unwrap();
    assert_eq!(document.tables.len(), 1);
}
