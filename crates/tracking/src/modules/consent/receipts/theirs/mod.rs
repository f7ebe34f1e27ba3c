//! The receipts of one person, found by what everything begins with that is sealed with their key.

use super::facts::{Private, Stored, Whose};
use super::rows::{COUNT_OF, RECEIPTS_OF, stored};
use serde_json::{Value as Json, json};
use ut_core::ports::{Transactional, Value};
use ut_core::rights::{Hands, Part, RightsError, Seals, Subject};
use ut_core::{SiteId, VisitorId};

const COLUMNS: [&str; 12] = [
    "id",
    "number",
    "at",
    "analytics",
    "marketing",
    "personalization",
    "gpc",
    "source",
    "policy_version",
    "region",
    "signal",
    "user_agent_sha256",
];

/// All that they ever chose, opened.
pub(in super::super) async fn export(subject: &Subject, hands: &Hands<'_>) -> Result<Part, RightsError> {
    let mut part = Part::new("consent_receipts", &COLUMNS);
    for id in &subject.ids {
        let Some(mark) = hands.seals.mark(subject.site, *id).await? else { continue };
        let values = [Value::Int(i64::from(subject.site.0)), Value::Bytes(mark)];
        for row in hands.deps.transactional.run(&RECEIPTS_OF, &values).await? {
            let row = stored(&row).map_err(|why| RightsError(format!("a receipt: {why}")))?;
            part.rows.push(shown(subject, *id, row, hands).await?);
        }
    }
    Ok(part)
}

/// How many there are.
pub(crate) async fn count(
    site: SiteId,
    id: VisitorId,
    seals: &dyn Seals,
    store: &dyn Transactional,
) -> Result<u64, RightsError> {
    let Some(mark) = seals.mark(site, id).await? else { return Ok(0) };
    let rows = store.run(&COUNT_OF, &[Value::Int(i64::from(site.0)), Value::Bytes(mark)]).await?;
    Ok(match rows.first().map(Vec::as_slice) {
        Some([Value::Int(count)]) => u64::try_from(*count).unwrap_or(0),
        _ => 0,
    })
}

async fn shown(
    subject: &Subject,
    id: VisitorId,
    row: Stored,
    hands: &Hands<'_>,
) -> Result<Vec<Json>, RightsError> {
    let misshapen = || RightsError(format!("receipt {} is not what is written there", row.number));
    let sealed = row.sealed.clone().unwrap_or_default();
    let opened = hands.seals.open(subject.site, id, Private::FIELD, &sealed).await?;
    let Private { raw, ua_hash } = postcard::from_bytes(&opened).map_err(|_| misshapen())?;
    let receipt = row.recorded(Whose::Nobodys).ok_or_else(misshapen)?;
    Ok(vec![
        json!(receipt.id.to_string()),
        json!(receipt.number),
        json!(jiff::Timestamp::from_millisecond(receipt.at_ms).unwrap_or_default().to_string()),
        json!(receipt.axes.analytics),
        json!(receipt.axes.marketing),
        json!(receipt.axes.personalization),
        json!(receipt.axes.gpc),
        json!(receipt.source),
        json!(receipt.policy_version),
        json!(receipt.region),
        json!(raw),
        json!(ua_hash.map(hex::encode)),
    ])
}
