//! Salts and keys that change while everybody is sending: nothing acknowledged is lost, refused or counted twice.

mod keys;
mod salts;

use crate::binary;
use serde_json::Value;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::RwLock;
use ut_testkit::server::{Server, Shop};

type Environment = Vec<(&'static str, String)>;

/// A shop whose server is replaced while others send.
struct Stage {
    shop: Shop,
    server: RwLock<Server>,
    /// What the next server is started with.
    environment: Mutex<Environment>,
    over: AtomicBool,
}

impl Stage {
    fn open(dir: &TempDir, environment: Environment) -> Self {
        let shop = Shop::open(&binary(), dir.path());
        let server = RwLock::new(serve(&shop, &environment));
        Self { shop, server, environment: Mutex::new(environment), over: AtomicBool::new(false) }
    }

    /// Posts until somebody answers: the server may be dead, or another one.
    async fn post(&self, path: &str, person: &str, body: &Value) -> (u16, Value) {
        loop {
            let server = self.server.read().await;
            let sent = self.shop.post(&server, path, person).body(body.to_string()).send().await;
            drop(server);
            if let Ok(answer) = sent {
                return (answer.status().as_u16(), answer.json().await.unwrap_or_default());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// SIGKILL and another process on the same folder.
    async fn revive(&self) {
        let pid = self.server.read().await.pid().to_string();
        assert!(std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
        let mut server = self.server.write().await;
        while !server.has_ended() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        *server = serve(&self.shop, &self.environment.lock().unwrap());
    }
}

fn serve(shop: &Shop, environment: &Environment) -> Server {
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    shop.serve_with(&environment)
}
