//! A server of S3's protocol over a folder: real HTTP, real signatures, real pages of listings.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::dto::{
    GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, ListObjectsV2Input,
    ListObjectsV2Output,
};
use s3s::service::S3ServiceBuilder;
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(super) const BUCKET: &str = "reports";

pub(super) struct Store {
    pub(super) endpoint: String,
    root: TempDir,
    gets: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl Store {
    /// Takes requests that the key `reader` with the secret `opensesame` has signed, or `other`.
    pub(super) async fn start() -> Self {
        let root = TempDir::new().unwrap();
        fs::create_dir(root.path().join(BUCKET)).unwrap();
        let gets = Arc::new(AtomicUsize::new(0));
        let disk = FileSystem::new(root.path()).unwrap();
        let mut builder = S3ServiceBuilder::new(Front { disk, gets: Arc::clone(&gets) });
        let mut keys = SimpleAuth::from_single("reader", "opensesame");
        keys.register("other".to_owned(), "opensesame".into());
        builder.set_auth(keys);
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let http = Builder::new(TokioExecutor::new());
                    let _ = http.serve_connection(TokioIo::new(socket), service).await;
                });
            }
        });
        Self { endpoint, root, gets, server }
    }

    pub(super) fn put(&self, key: &str, text: &str) {
        let path = self.root.path().join(BUCKET).join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn put_file(&self, key: &str, file: &Path) {
        self.put(key, "");
        fs::copy(file, self.root.path().join(BUCKET).join(key)).unwrap();
    }

    pub(super) fn remove(&self, key: &str) {
        fs::remove_file(self.root.path().join(BUCKET).join(key)).unwrap();
    }

    /// Objects that were fetched so far.
    pub(super) fn gets(&self) -> usize {
        self.gets.load(Ordering::SeqCst)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// What stores do and the folder alone does not: listings with ETags, and conditions of a GET.
struct Front {
    disk: FileSystem,
    gets: Arc<AtomicUsize>,
}

#[async_trait::async_trait]
impl S3 for Front {
    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        self.gets.fetch_add(1, Ordering::SeqCst);
        let condition = request.input.if_match.clone();
        let found = self.disk.get_object(request).await?;
        let wanted = condition.as_ref().and_then(|it| it.as_etag()).map(|it| it.value());
        let present = found.output.e_tag.as_ref().map(|it| it.value());
        if wanted.is_some() && wanted != present {
            return Err(s3_error!(PreconditionFailed));
        }
        Ok(found)
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        self.disk.head_object(request).await
    }

    async fn list_objects_v2(
        &self,
        mut request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        // Small pages, so that listings have several.
        request.input.max_keys = Some(2);
        let bucket = request.input.bucket.clone();
        let (method, uri) = (request.method.clone(), request.uri.clone());
        let mut listed = self.disk.list_objects_v2(request).await?;
        for object in listed.output.contents.iter_mut().flatten() {
            let key = object.key.clone().unwrap_or_default();
            let input = HeadObjectInput { bucket: bucket.clone(), key, ..Default::default() };
            let head = S3Request {
                input,
                method: method.clone(),
                uri: uri.clone(),
                headers: Default::default(),
                extensions: Default::default(),
                credentials: None,
                region: None,
                service: None,
                trailing_headers: None,
            };
            object.e_tag = self.disk.head_object(head).await?.output.e_tag;
        }
        Ok(listed)
    }
}
