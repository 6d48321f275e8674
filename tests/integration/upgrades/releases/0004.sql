BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE assessments (
	id INTEGER NOT NULL, 
	package_id INTEGER NOT NULL, 
	vulnerability_id INTEGER NOT NULL, 
	severity VARCHAR(8) NOT NULL, 
	severity_source TEXT, 
	status TEXT NOT NULL, 
	fixed_version TEXT NOT NULL, 
	effective_at DATETIME NOT NULL, 
	opened_in INTEGER NOT NULL, 
	closed_in INTEGER, 
	CONSTRAINT pk_assessments PRIMARY KEY (id), 
	CONSTRAINT fk_assessments_closed_in_passes FOREIGN KEY(closed_in) REFERENCES passes (id), 
	CONSTRAINT fk_assessments_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT fk_assessments_package_id_packages FOREIGN KEY(package_id) REFERENCES packages (id), 
	CONSTRAINT fk_assessments_vulnerability_id_vulnerabilities FOREIGN KEY(vulnerability_id) REFERENCES vulnerabilities (id)
);
INSERT INTO "assessments" VALUES(1,1,1,'HIGH','nvd','affected','','2026-02-28 00:00:00.000000',1,NULL);
INSERT INTO "assessments" VALUES(2,3,2,'HIGH','nvd','affected','','2026-02-28 00:00:00.000000',1,4);
INSERT INTO "assessments" VALUES(3,2,4,'HIGH','nvd','affected','','2026-03-07 12:00:00.000000',4,NULL);
INSERT INTO "assessments" VALUES(4,4,3,'HIGH','nvd','affected','','2026-03-07 12:00:00.000000',4,NULL);
INSERT INTO "assessments" VALUES(5,3,2,'HIGH','nvd','affected','','2026-03-10 12:00:00.000000',6,NULL);
CREATE TABLE audits (
	id INTEGER NOT NULL, 
	catalogue_id INTEGER NOT NULL, 
	knowledge_id INTEGER NOT NULL, 
	findings INTEGER NOT NULL, 
	differences JSON NOT NULL, 
	opened_in INTEGER NOT NULL, 
	CONSTRAINT pk_audits PRIMARY KEY (id), 
	CONSTRAINT fk_audits_catalogue_id_catalogues FOREIGN KEY(catalogue_id) REFERENCES catalogues (id), 
	CONSTRAINT fk_audits_knowledge_id_knowledge FOREIGN KEY(knowledge_id) REFERENCES knowledge (id), 
	CONSTRAINT fk_audits_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id)
);
CREATE TABLE base_identities (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	base_image_id INTEGER, 
	name TEXT, 
	digest VARCHAR(71), 
	grade VARCHAR(32), 
	evidence TEXT, 
	opened_in INTEGER NOT NULL, 
	superseded_in INTEGER, 
	CONSTRAINT pk_base_identities PRIMARY KEY (id), 
	CONSTRAINT fk_base_identities_base_image_id_images FOREIGN KEY(base_image_id) REFERENCES images (id), 
	CONSTRAINT fk_base_identities_image_id_images FOREIGN KEY(image_id) REFERENCES images (id), 
	CONSTRAINT fk_base_identities_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT fk_base_identities_superseded_in_passes FOREIGN KEY(superseded_in) REFERENCES passes (id)
);
INSERT INTO "base_identities" VALUES(1,1,NULL,NULL,NULL,NULL,NULL,1,NULL);
INSERT INTO "base_identities" VALUES(2,2,NULL,NULL,NULL,NULL,NULL,1,NULL);
INSERT INTO "base_identities" VALUES(3,3,NULL,NULL,NULL,NULL,NULL,3,NULL);
INSERT INTO "base_identities" VALUES(4,4,NULL,NULL,NULL,NULL,NULL,5,NULL);
CREATE TABLE bindings (
	id INTEGER NOT NULL, 
	stream_id INTEGER NOT NULL, 
	platform VARCHAR(200) NOT NULL, 
	image_id INTEGER, 
	target VARCHAR(71) NOT NULL, 
	start_at DATETIME NOT NULL, 
	start_not_before DATETIME, 
	backfilled BOOLEAN NOT NULL, 
	end_at DATETIME, 
	end_not_before DATETIME, 
	reason VARCHAR(16), 
	opened_in INTEGER NOT NULL, 
	closed_in INTEGER, 
	superseded_in INTEGER, 
	CONSTRAINT pk_bindings PRIMARY KEY (id), 
	CONSTRAINT fk_bindings_closed_in_passes FOREIGN KEY(closed_in) REFERENCES passes (id), 
	CONSTRAINT fk_bindings_image_id_images FOREIGN KEY(image_id) REFERENCES images (id), 
	CONSTRAINT fk_bindings_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT fk_bindings_stream_id_streams FOREIGN KEY(stream_id) REFERENCES streams (id), 
	CONSTRAINT fk_bindings_superseded_in_passes FOREIGN KEY(superseded_in) REFERENCES passes (id)
);
INSERT INTO "bindings" VALUES(1,1,'linux/amd64',2,'sha256:9f16bce4b7d25b9267fab45c952ab05813aaa407a9486e4ad135aae8dc9001f2','2026-02-09 00:00:00.000000',NULL,1,'2026-03-05 12:00:00.000000',NULL,'moved',1,3,NULL);
INSERT INTO "bindings" VALUES(2,2,'linux/amd64',1,'sha256:7c1297f401399665795114b0c09c3ba3406c858817ae45faa0a60701272fdf7d','2026-01-20 00:00:00.000000',NULL,1,'2026-03-13 00:00:00.000000','2026-03-11 00:00:00.000000','retired',1,7,NULL);
INSERT INTO "bindings" VALUES(3,1,'linux/amd64',3,'sha256:e11c95a652846808396b7f2eb50714fea0b489c46c091dd711ffb1aa1e7831fe','2026-03-05 12:00:00.000000',NULL,0,'2026-03-13 00:00:00.000000','2026-03-11 00:00:00.000000','moved',3,7,NULL);
INSERT INTO "bindings" VALUES(4,3,'linux/amd64',4,'sha256:e7371945edfaa4b5b1cae45b70e8fee06e20fb675b8d81d9563731ce53aadf6b','2026-03-10 00:00:00.000000',NULL,1,NULL,NULL,NULL,5,NULL,NULL);
INSERT INTO "bindings" VALUES(5,1,'linux/amd64',4,'sha256:e7371945edfaa4b5b1cae45b70e8fee06e20fb675b8d81d9563731ce53aadf6b','2026-03-13 00:00:00.000000','2026-03-11 00:00:00.000000',0,NULL,NULL,NULL,7,NULL,NULL);
CREATE TABLE birth_findings (
	id INTEGER NOT NULL, 
	catalogue_id INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	CONSTRAINT pk_birth_findings PRIMARY KEY (id), 
	CONSTRAINT fk_birth_findings_catalogue_id_catalogues FOREIGN KEY(catalogue_id) REFERENCES catalogues (id)
);
CREATE TABLE bump_plans (
	id INTEGER NOT NULL, 
	team TEXT NOT NULL, 
	lineage TEXT NOT NULL, 
	substance VARCHAR(64) NOT NULL, 
	body JSON NOT NULL, 
	drawn_at DATETIME NOT NULL, 
	opened_in INTEGER NOT NULL, 
	superseded_in INTEGER, 
	CONSTRAINT pk_bump_plans PRIMARY KEY (id), 
	CONSTRAINT fk_bump_plans_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT fk_bump_plans_superseded_in_passes FOREIGN KEY(superseded_in) REFERENCES passes (id)
);
CREATE TABLE calls (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	payload JSON NOT NULL, 
	times INTEGER NOT NULL, 
	CONSTRAINT pk_calls PRIMARY KEY (id), 
	CONSTRAINT uq_calls_key UNIQUE ("key")
);
CREATE TABLE catalogue_sets (
	id INTEGER NOT NULL, 
	catalogue_id INTEGER NOT NULL, 
	set_id INTEGER NOT NULL, 
	CONSTRAINT pk_catalogue_sets PRIMARY KEY (id), 
	CONSTRAINT fk_catalogue_sets_catalogue_id_catalogues FOREIGN KEY(catalogue_id) REFERENCES catalogues (id), 
	CONSTRAINT fk_catalogue_sets_set_id_package_sets FOREIGN KEY(set_id) REFERENCES package_sets (id)
);
INSERT INTO "catalogue_sets" VALUES(1,1,1);
INSERT INTO "catalogue_sets" VALUES(2,2,2);
INSERT INTO "catalogue_sets" VALUES(3,3,3);
INSERT INTO "catalogue_sets" VALUES(4,4,4);
CREATE TABLE "catalogues" (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	scanner VARCHAR(32) NOT NULL, 
	db_digest VARCHAR(71) NOT NULL, 
	java_db_digest VARCHAR(71), 
	os_family TEXT NOT NULL, 
	os_version TEXT NOT NULL, 
	end_of_life BOOLEAN NOT NULL, 
	package_count INTEGER NOT NULL, 
	not_covered TEXT, 
	applied_at DATETIME NOT NULL, 
	audit VARCHAR(16) NOT NULL, 
	differences JSON NOT NULL, 
	audited_in INTEGER, 
	opened_in INTEGER NOT NULL, 
	direct BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_catalogues PRIMARY KEY (id), 
	CONSTRAINT fk_catalogues_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT fk_catalogues_audited_in_passes FOREIGN KEY(audited_in) REFERENCES passes (id), 
	CONSTRAINT fk_catalogues_image_id_images FOREIGN KEY(image_id) REFERENCES images (id), 
	CONSTRAINT uq_catalogues_opened_in_image_id_direct UNIQUE (opened_in, image_id, direct)
);
INSERT INTO "catalogues" VALUES(1,1,'0.74.0','sha256:601cd602e977da9ae6e2b618586b715817d06fc01ef0ebc1e0839be6878c624e',NULL,'debian','12.5',0,2,NULL,'2026-03-01 00:00:00.000000','equal','[]',1,1,0);
INSERT INTO "catalogues" VALUES(2,2,'0.74.0','sha256:601cd602e977da9ae6e2b618586b715817d06fc01ef0ebc1e0839be6878c624e',NULL,'debian','12.5',0,2,NULL,'2026-03-01 00:00:00.000000','equal','[]',1,1,0);
INSERT INTO "catalogues" VALUES(3,3,'0.74.0','sha256:601cd602e977da9ae6e2b618586b715817d06fc01ef0ebc1e0839be6878c624e',NULL,'debian','12.5',0,2,NULL,'2026-03-06 00:00:00.000000','equal','[]',3,3,0);
INSERT INTO "catalogues" VALUES(4,4,'0.74.0','sha256:e6730e10aacb8924ed18268c32c15ba60ffa40abbf96cf610f124e28050bc9bb',NULL,'debian','12.5',0,1,NULL,'2026-03-11 00:00:00.000000','equal','[]',6,6,0);
CREATE TABLE config_snapshots (
	id INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_config_snapshots PRIMARY KEY (id), 
	CONSTRAINT uq_config_snapshots_sha256 UNIQUE (sha256)
);
INSERT INTO "config_snapshots" VALUES(1,'983987033f0e117011e531dc33ad9bb15290bba41a414d830fb5cbdbcda2ff17','{}');
CREATE TABLE context_runs (
	id INTEGER NOT NULL, 
	context_id INTEGER NOT NULL, 
	knowledge_id INTEGER NOT NULL, 
	package_count INTEGER NOT NULL, 
	opened_in INTEGER NOT NULL, 
	CONSTRAINT pk_context_runs PRIMARY KEY (id), 
	CONSTRAINT fk_context_runs_context_id_contexts FOREIGN KEY(context_id) REFERENCES contexts (id), 
	CONSTRAINT fk_context_runs_knowledge_id_knowledge FOREIGN KEY(knowledge_id) REFERENCES knowledge (id), 
	CONSTRAINT fk_context_runs_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT uq_context_runs_context_id_knowledge_id UNIQUE (context_id, knowledge_id)
);
INSERT INTO "context_runs" VALUES(1,1,1,3,1);
INSERT INTO "context_runs" VALUES(2,1,2,4,4);
INSERT INTO "context_runs" VALUES(3,1,3,4,6);
CREATE TABLE "contexts" (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	direct BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_contexts PRIMARY KEY (id), 
	CONSTRAINT uq_contexts_name UNIQUE (name)
);
INSERT INTO "contexts" VALUES(1,'debian 12',0);
CREATE TABLE coverage (
	id INTEGER NOT NULL, 
	stage VARCHAR(16) NOT NULL, 
	subject INTEGER NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	opened_in INTEGER NOT NULL, 
	closed_in INTEGER, 
	CONSTRAINT pk_coverage PRIMARY KEY (id), 
	CONSTRAINT fk_coverage_closed_in_passes FOREIGN KEY(closed_in) REFERENCES passes (id), 
	CONSTRAINT fk_coverage_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id)
);
INSERT INTO "coverage" VALUES(1,'knowledge',0,'2026-03-01 00:00:00.000000','2026-03-08 00:00:00.000000',1,5);
INSERT INTO "coverage" VALUES(2,'inventory',1,'2026-03-01 00:00:00.000000','2026-03-01 00:00:00.000000',1,2);
INSERT INTO "coverage" VALUES(3,'inventory',2,'2026-03-01 00:00:00.000000','2026-03-01 00:00:00.000000',1,2);
INSERT INTO "coverage" VALUES(4,'reconciliation',1,'2026-03-01 00:00:00.000000','2026-03-01 00:00:00.000000',1,2);
INSERT INTO "coverage" VALUES(5,'reconciliation',2,'2026-03-01 00:00:00.000000','2026-03-01 00:00:00.000000',1,2);
INSERT INTO "coverage" VALUES(6,'match',1,'2026-03-01 00:00:00.000000','2026-03-13 00:00:00.000000',1,NULL);
INSERT INTO "coverage" VALUES(7,'inventory',1,'2026-03-06 00:00:00.000000','2026-03-13 00:00:00.000000',3,NULL);
INSERT INTO "coverage" VALUES(8,'inventory',2,'2026-03-06 00:00:00.000000','2026-03-13 00:00:00.000000',3,NULL);
INSERT INTO "coverage" VALUES(9,'reconciliation',1,'2026-03-06 00:00:00.000000','2026-03-13 00:00:00.000000',3,NULL);
INSERT INTO "coverage" VALUES(10,'reconciliation',2,'2026-03-06 00:00:00.000000','2026-03-13 00:00:00.000000',3,NULL);
INSERT INTO "coverage" VALUES(11,'inventory',3,'2026-03-10 00:00:00.000000','2026-03-13 00:00:00.000000',5,NULL);
INSERT INTO "coverage" VALUES(12,'reconciliation',3,'2026-03-10 00:00:00.000000','2026-03-13 00:00:00.000000',5,NULL);
INSERT INTO "coverage" VALUES(13,'knowledge',0,'2026-03-11 00:00:00.000000','2026-03-13 00:00:00.000000',6,NULL);
CREATE TABLE direct_images (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	scanner VARCHAR(32) NOT NULL, 
	release VARCHAR(32) NOT NULL, 
	opened_in INTEGER NOT NULL, 
	closed_in INTEGER, 
	CONSTRAINT pk_direct_images PRIMARY KEY (id), 
	CONSTRAINT fk_direct_images_closed_in_passes FOREIGN KEY(closed_in) REFERENCES passes (id), 
	CONSTRAINT fk_direct_images_image_id_images FOREIGN KEY(image_id) REFERENCES images (id), 
	CONSTRAINT fk_direct_images_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id)
);
CREATE TABLE episodes (
	id INTEGER NOT NULL, 
	window_id INTEGER NOT NULL, 
	start_at DATETIME NOT NULL, 
	start_not_before DATETIME, 
	backfilled BOOLEAN NOT NULL, 
	end_at DATETIME, 
	end_not_before DATETIME, 
	cause VARCHAR(24), 
	detected_in INTEGER NOT NULL, 
	opened_in INTEGER NOT NULL, 
	closed_in INTEGER, 
	superseded_in INTEGER, 
	CONSTRAINT pk_episodes PRIMARY KEY (id), 
	CONSTRAINT fk_episodes_closed_in_passes FOREIGN KEY(closed_in) REFERENCES passes (id), 
	CONSTRAINT fk_episodes_detected_in_passes FOREIGN KEY(detected_in) REFERENCES passes (id), 
	CONSTRAINT fk_episodes_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT fk_episodes_superseded_in_passes FOREIGN KEY(superseded_in) REFERENCES passes (id), 
	CONSTRAINT fk_episodes_window_id_windows FOREIGN KEY(window_id) REFERENCES windows (id)
);
INSERT INTO "episodes" VALUES(1,1,'2026-02-09 00:00:00.000000',NULL,1,'2026-03-05 12:00:00.000000',NULL,'remediated',1,1,3,NULL);
INSERT INTO "episodes" VALUES(2,2,'2026-02-28 00:00:00.000000',NULL,1,'2026-03-07 12:00:00.000000',NULL,'knowledge_withdrawn',1,1,4,NULL);
INSERT INTO "episodes" VALUES(3,3,'2026-01-30 00:00:00.000000',NULL,1,'2026-03-13 00:00:00.000000','2026-03-11 00:00:00.000000','retired',1,1,7,NULL);
INSERT INTO "episodes" VALUES(4,4,'2026-03-07 00:00:00.000000',NULL,0,NULL,NULL,NULL,4,4,NULL,NULL);
INSERT INTO "episodes" VALUES(5,5,'2026-03-07 12:00:00.000000',NULL,0,'2026-03-13 00:00:00.000000','2026-03-11 00:00:00.000000','retired',4,4,7,NULL);
INSERT INTO "episodes" VALUES(6,6,'2026-03-10 00:00:00.000000',NULL,1,NULL,NULL,NULL,6,6,NULL,NULL);
INSERT INTO "episodes" VALUES(7,2,'2026-03-10 12:00:00.000000',NULL,0,'2026-03-13 00:00:00.000000','2026-03-11 00:00:00.000000','remediated',6,6,7,NULL);
CREATE TABLE failures (
	id INTEGER NOT NULL, 
	stage VARCHAR(16) NOT NULL, 
	subject TEXT NOT NULL, 
	error TEXT NOT NULL, 
	retry BOOLEAN NOT NULL, 
	attempts INTEGER NOT NULL, 
	opened_in INTEGER NOT NULL, 
	closed_in INTEGER, 
	CONSTRAINT pk_failures PRIMARY KEY (id), 
	CONSTRAINT fk_failures_closed_in_passes FOREIGN KEY(closed_in) REFERENCES passes (id), 
	CONSTRAINT fk_failures_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id)
);
INSERT INTO "failures" VALUES(1,'inventory','local','the registry is down',1,1,2,3);
INSERT INTO "failures" VALUES(2,'knowledge','db','the source is down',1,1,5,6);
INSERT INTO "failures" VALUES(3,'catalog','local/new@sha256:e7371945edfaa4b5b1cae45b70e8fee06e20fb675b8d81d9563731ce53aadf6b','C cannot be catalogued',1,1,5,6);
CREATE TABLE images (
	id INTEGER NOT NULL, 
	digest VARCHAR(71) NOT NULL, 
	platform VARCHAR(200) NOT NULL, 
	created DATETIME, 
	diff_ids JSON NOT NULL, 
	layers JSON NOT NULL, 
	layer_bytes BIGINT NOT NULL, 
	labels JSON NOT NULL, 
	annotations JSON NOT NULL, 
	opened_in INTEGER NOT NULL, 
	CONSTRAINT pk_images PRIMARY KEY (id), 
	CONSTRAINT fk_images_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT uq_images_digest_platform UNIQUE (digest, platform)
);
INSERT INTO "images" VALUES(1,'sha256:7c1297f401399665795114b0c09c3ba3406c858817ae45faa0a60701272fdf7d','linux/amd64','2026-01-20 00:00:00.000000','["sha256:1e4f181c593e4202a616a6eee26101c7e873753d5bd690a23cab6ea34dfe2fb4"]','["sha256:0f68f45fef6b4fc6b0a1883b4d78c4df343f3797970b89e10b44e27bfc27a694"]',100,'{}','{}',1);
INSERT INTO "images" VALUES(2,'sha256:9f16bce4b7d25b9267fab45c952ab05813aaa407a9486e4ad135aae8dc9001f2','linux/amd64','2026-02-09 00:00:00.000000','["sha256:3922e60136fdf34d399ad33e7c52eac50791d6492d45b274f2a986ee7a09a186"]','["sha256:7b131f92c8724b7ae3793a3649b2125e1964d4662229ba23d24b2c4fe40a7a69"]',100,'{}','{}',1);
INSERT INTO "images" VALUES(3,'sha256:e11c95a652846808396b7f2eb50714fea0b489c46c091dd711ffb1aa1e7831fe','linux/amd64','2026-03-05 00:00:00.000000','["sha256:6242b19fc330f8c59795c1330512d35e540bec03208a2ad66c236a61e2167266"]','["sha256:95a88c29f3cf297de68a0197d55cf9c2eb38640242f346c50edc8b5bb98acebb"]',100,'{}','{}',3);
INSERT INTO "images" VALUES(4,'sha256:e7371945edfaa4b5b1cae45b70e8fee06e20fb675b8d81d9563731ce53aadf6b','linux/amd64','2026-03-12 00:00:00.000000','["sha256:dcb0affa014df16602efb38f2f2c4c02d18dfd091a4dc7df4ab8c3e24112d854"]','["sha256:39e993b3a59def4d61cb385570f9d4012da43d827ef949b0be94979d00007d66"]',100,'{}','{}',5);
CREATE TABLE java_databases (
	id INTEGER NOT NULL, 
	digest VARCHAR(71) NOT NULL, 
	opened_in INTEGER NOT NULL, 
	CONSTRAINT pk_java_databases PRIMARY KEY (id), 
	CONSTRAINT fk_java_databases_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id)
);
CREATE TABLE jobs (
	id INTEGER NOT NULL, 
	stage VARCHAR(16) NOT NULL, 
	"key" TEXT NOT NULL, 
	payload JSON NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	attempts INTEGER NOT NULL, 
	due_at DATETIME, 
	reason TEXT, 
	wanted_in INTEGER NOT NULL, 
	worker_id INTEGER, 
	CONSTRAINT pk_jobs PRIMARY KEY (id), 
	CONSTRAINT fk_jobs_wanted_in_passes FOREIGN KEY(wanted_in) REFERENCES passes (id), 
	CONSTRAINT uq_jobs_stage_key UNIQUE (stage, "key")
);
CREATE TABLE knowledge (
	id INTEGER NOT NULL, 
	scanner VARCHAR(32) NOT NULL, 
	db_digest VARCHAR(71) NOT NULL, 
	source TEXT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	seen_at DATETIME NOT NULL, 
	applied_at DATETIME NOT NULL, 
	effective_at DATETIME NOT NULL, 
	opened_in INTEGER NOT NULL, 
	CONSTRAINT pk_knowledge PRIMARY KEY (id), 
	CONSTRAINT fk_knowledge_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id)
);
INSERT INTO "knowledge" VALUES(1,'0.74.0','sha256:601cd602e977da9ae6e2b618586b715817d06fc01ef0ebc1e0839be6878c624e','db.invalid/trivy-db:2','2026-02-28 00:00:00.000000','2026-03-01 00:00:00.000000','2026-03-01 00:00:00.000000','2026-02-28 00:00:00.000000',1);
INSERT INTO "knowledge" VALUES(2,'0.74.0','sha256:22b6af83df9a0e78fea8dae33fc0d4963a9ccd52e04a6789187c13ac11e936b1','db.invalid/trivy-db:2','2026-03-07 12:00:00.000000','2026-03-08 00:00:00.000000','2026-03-08 00:00:00.000000','2026-03-07 12:00:00.000000',4);
INSERT INTO "knowledge" VALUES(3,'0.74.0','sha256:e6730e10aacb8924ed18268c32c15ba60ffa40abbf96cf610f124e28050bc9bb','db.invalid/trivy-db:2','2026-03-10 12:00:00.000000','2026-03-11 00:00:00.000000','2026-03-11 00:00:00.000000','2026-03-10 12:00:00.000000',6);
CREATE TABLE manifest_images (
	id INTEGER NOT NULL, 
	manifest_id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	CONSTRAINT pk_manifest_images PRIMARY KEY (id), 
	CONSTRAINT fk_manifest_images_image_id_images FOREIGN KEY(image_id) REFERENCES images (id), 
	CONSTRAINT fk_manifest_images_manifest_id_manifests FOREIGN KEY(manifest_id) REFERENCES manifests (id)
);
INSERT INTO "manifest_images" VALUES(1,1,1);
INSERT INTO "manifest_images" VALUES(2,2,2);
INSERT INTO "manifest_images" VALUES(3,3,3);
INSERT INTO "manifest_images" VALUES(4,4,4);
CREATE TABLE manifests (
	id INTEGER NOT NULL, 
	digest VARCHAR(71) NOT NULL, 
	media_type VARCHAR(128) NOT NULL, 
	annotations JSON NOT NULL, 
	opened_in INTEGER NOT NULL, 
	CONSTRAINT pk_manifests PRIMARY KEY (id), 
	CONSTRAINT fk_manifests_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT uq_manifests_digest UNIQUE (digest)
);
INSERT INTO "manifests" VALUES(1,'sha256:7c1297f401399665795114b0c09c3ba3406c858817ae45faa0a60701272fdf7d','application/vnd.oci.image.manifest.v1+json','{}',1);
INSERT INTO "manifests" VALUES(2,'sha256:9f16bce4b7d25b9267fab45c952ab05813aaa407a9486e4ad135aae8dc9001f2','application/vnd.oci.image.manifest.v1+json','{}',1);
INSERT INTO "manifests" VALUES(3,'sha256:e11c95a652846808396b7f2eb50714fea0b489c46c091dd711ffb1aa1e7831fe','application/vnd.oci.image.manifest.v1+json','{}',3);
INSERT INTO "manifests" VALUES(4,'sha256:e7371945edfaa4b5b1cae45b70e8fee06e20fb675b8d81d9563731ce53aadf6b','application/vnd.oci.image.manifest.v1+json','{}',5);
CREATE TABLE matches (
	id INTEGER NOT NULL, 
	package_id INTEGER NOT NULL, 
	vulnerability_id INTEGER NOT NULL, 
	first BOOLEAN NOT NULL, 
	dated_at DATETIME, 
	dated_not_before DATETIME, 
	first_knowledge INTEGER NOT NULL, 
	lacked_by INTEGER, 
	end_at DATETIME, 
	end_not_before DATETIME, 
	end_cause VARCHAR(24), 
	ended_by INTEGER, 
	opened_in INTEGER NOT NULL, 
	closed_in INTEGER, 
	CONSTRAINT pk_matches PRIMARY KEY (id), 
	CONSTRAINT fk_matches_closed_in_passes FOREIGN KEY(closed_in) REFERENCES passes (id), 
	CONSTRAINT fk_matches_ended_by_knowledge FOREIGN KEY(ended_by) REFERENCES knowledge (id), 
	CONSTRAINT fk_matches_first_knowledge_knowledge FOREIGN KEY(first_knowledge) REFERENCES knowledge (id), 
	CONSTRAINT fk_matches_lacked_by_knowledge FOREIGN KEY(lacked_by) REFERENCES knowledge (id), 
	CONSTRAINT fk_matches_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT fk_matches_package_id_packages FOREIGN KEY(package_id) REFERENCES packages (id), 
	CONSTRAINT fk_matches_vulnerability_id_vulnerabilities FOREIGN KEY(vulnerability_id) REFERENCES vulnerabilities (id)
);
INSERT INTO "matches" VALUES(1,1,1,1,NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,1,NULL);
INSERT INTO "matches" VALUES(2,3,2,1,NULL,NULL,1,NULL,'2026-03-07 12:00:00.000000',NULL,'knowledge_withdrawn',2,1,4);
INSERT INTO "matches" VALUES(3,2,4,1,'2026-03-07 12:00:00.000000',NULL,2,1,NULL,NULL,NULL,NULL,4,NULL);
INSERT INTO "matches" VALUES(4,4,3,1,'2026-03-07 12:00:00.000000',NULL,2,1,NULL,NULL,NULL,NULL,4,NULL);
INSERT INTO "matches" VALUES(5,3,2,0,'2026-03-10 12:00:00.000000',NULL,3,2,NULL,NULL,NULL,NULL,6,NULL);
CREATE TABLE package_coverage (
	id INTEGER NOT NULL, 
	package_id INTEGER NOT NULL, 
	from_knowledge INTEGER NOT NULL, 
	to_knowledge INTEGER, 
	opened_in INTEGER NOT NULL, 
	closed_in INTEGER, 
	CONSTRAINT pk_package_coverage PRIMARY KEY (id), 
	CONSTRAINT fk_package_coverage_closed_in_passes FOREIGN KEY(closed_in) REFERENCES passes (id), 
	CONSTRAINT fk_package_coverage_from_knowledge_knowledge FOREIGN KEY(from_knowledge) REFERENCES knowledge (id), 
	CONSTRAINT fk_package_coverage_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT fk_package_coverage_package_id_packages FOREIGN KEY(package_id) REFERENCES packages (id), 
	CONSTRAINT fk_package_coverage_to_knowledge_knowledge FOREIGN KEY(to_knowledge) REFERENCES knowledge (id)
);
INSERT INTO "package_coverage" VALUES(1,1,1,NULL,1,NULL);
INSERT INTO "package_coverage" VALUES(2,2,1,NULL,1,NULL);
INSERT INTO "package_coverage" VALUES(3,3,1,NULL,1,NULL);
INSERT INTO "package_coverage" VALUES(4,4,1,NULL,3,NULL);
CREATE TABLE package_set_members (
	id INTEGER NOT NULL, 
	set_id INTEGER NOT NULL, 
	package_id INTEGER NOT NULL, 
	path TEXT NOT NULL, 
	purl TEXT NOT NULL, 
	CONSTRAINT pk_package_set_members PRIMARY KEY (id), 
	CONSTRAINT fk_package_set_members_package_id_packages FOREIGN KEY(package_id) REFERENCES packages (id), 
	CONSTRAINT fk_package_set_members_set_id_package_sets FOREIGN KEY(set_id) REFERENCES package_sets (id)
);
INSERT INTO "package_set_members" VALUES(1,1,1,'','pkg:generic/p1@1');
INSERT INTO "package_set_members" VALUES(2,1,2,'','pkg:generic/p4@1');
INSERT INTO "package_set_members" VALUES(3,2,1,'','pkg:generic/p1@1');
INSERT INTO "package_set_members" VALUES(4,2,3,'','pkg:generic/p2@1');
INSERT INTO "package_set_members" VALUES(5,3,3,'','pkg:generic/p2@1');
INSERT INTO "package_set_members" VALUES(6,3,4,'','pkg:generic/p3@1');
INSERT INTO "package_set_members" VALUES(7,4,4,'','pkg:generic/p3@1');
CREATE TABLE package_sets (
	id INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	layer TEXT NOT NULL, 
	opened_in INTEGER NOT NULL, 
	CONSTRAINT pk_package_sets PRIMARY KEY (id), 
	CONSTRAINT fk_package_sets_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT uq_package_sets_sha256 UNIQUE (sha256)
);
INSERT INTO "package_sets" VALUES(1,'3a1ac3e6c55694b862fe43163dd2c79768acc9f03755d0a7be67a03ad21b0c6f','',1);
INSERT INTO "package_sets" VALUES(2,'02b113d0353769819a7af0fb138049b28b6faa149b53f365bb7a6963ea6eb51d','',1);
INSERT INTO "package_sets" VALUES(3,'31491e40411b270fb8de6abb311e3eaff18df1a1af91b8351dedb52ac3a8a838','',3);
INSERT INTO "package_sets" VALUES(4,'d060180c1bb52e1c7127bb112adb073971edd995ded0f48ca4ffa0d1726212af','',6);
CREATE TABLE packages (
	id INTEGER NOT NULL, 
	context_id INTEGER NOT NULL, 
	identity TEXT NOT NULL, 
	name TEXT NOT NULL, 
	version TEXT NOT NULL, 
	attributes JSON NOT NULL, 
	left_out TEXT, 
	opened_in INTEGER NOT NULL, 
	CONSTRAINT pk_packages PRIMARY KEY (id), 
	CONSTRAINT fk_packages_context_id_contexts FOREIGN KEY(context_id) REFERENCES contexts (id), 
	CONSTRAINT fk_packages_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT uq_packages_context_id_identity UNIQUE (context_id, identity)
);
INSERT INTO "packages" VALUES(1,1,'p1@1','p1','1','{"version": "1", "extra": []}',NULL,1);
INSERT INTO "packages" VALUES(2,1,'p4@1','p4','1','{"version": "1", "extra": []}',NULL,1);
INSERT INTO "packages" VALUES(3,1,'p2@1','p2','1','{"version": "1", "extra": []}',NULL,1);
INSERT INTO "packages" VALUES(4,1,'p3@1','p3','1','{"version": "1", "extra": []}',NULL,3);
CREATE TABLE passes (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	started_at DATETIME NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	stages JSON NOT NULL, 
	folded BOOLEAN NOT NULL, 
	identified BOOLEAN NOT NULL, 
	summary JSON, 
	config_id INTEGER NOT NULL, 
	CONSTRAINT pk_passes PRIMARY KEY (id), 
	CONSTRAINT fk_passes_config_id_config_snapshots FOREIGN KEY(config_id) REFERENCES config_snapshots (id)
);
INSERT INTO "passes" VALUES(1,'2026-03-01 00:00:00.000000','2026-03-01 00:00:00.000000','complete','["knowledge", "inventory", "catalog", "match", "exposure", "bump", "ticket"]',1,1,'{"counts": {"tags": 2, "tags_changed": 2, "images_new": 2, "catalogued": 2, "trivy_runs": 3, "bytes_pulled": 1002, "packages_matched": 3, "matches_added": 2, "matches_removed": 0, "audited": 2, "direct": 0, "episodes_opened": 3, "episodes_closed": 0, "packages_distinct": 3, "registry_requests": 9, "manifest_gets": 2}}',1);
INSERT INTO "passes" VALUES(2,'2026-03-03 00:00:00.000000','2026-03-03 00:00:00.000000','partial','["knowledge", "inventory", "catalog", "match", "exposure", "bump", "ticket"]',1,0,'{"counts": {"direct": 0, "trivy_runs": 0, "bytes_pulled": 0, "packages_distinct": 3, "registry_requests": 1, "manifest_gets": 0}}',1);
INSERT INTO "passes" VALUES(3,'2026-03-06 00:00:00.000000','2026-03-06 00:00:00.000000','complete','["knowledge", "inventory", "catalog", "match", "exposure", "bump", "ticket"]',1,1,'{"counts": {"tags": 2, "tags_changed": 1, "images_new": 1, "catalogued": 1, "trivy_runs": 2, "bytes_pulled": 501, "packages_matched": 1, "matches_added": 0, "matches_removed": 0, "audited": 1, "direct": 0, "episodes_opened": 0, "episodes_closed": 1, "packages_distinct": 4, "registry_requests": 7, "manifest_gets": 1}}',1);
INSERT INTO "passes" VALUES(4,'2026-03-08 00:00:00.000000','2026-03-08 00:00:00.000000','complete','["knowledge", "inventory", "catalog", "match", "exposure", "bump", "ticket"]',1,0,'{"counts": {"tags": 2, "tags_changed": 0, "packages_matched": 4, "trivy_runs": 1, "matches_added": 2, "matches_removed": 1, "direct": 0, "bytes_pulled": 0, "episodes_opened": 2, "episodes_closed": 1, "packages_distinct": 4, "registry_requests": 5, "manifest_gets": 0}}',1);
INSERT INTO "passes" VALUES(5,'2026-03-10 00:00:00.000000','2026-03-10 00:00:00.000000','partial','["knowledge", "inventory", "catalog", "match", "exposure", "bump", "ticket"]',1,1,'{"counts": {"tags": 3, "tags_changed": 1, "images_new": 1, "catalogued": 0, "trivy_runs": 1, "bytes_pulled": 401, "direct": 0, "episodes_opened": 0, "episodes_closed": 0, "packages_distinct": 4, "registry_requests": 9, "manifest_gets": 1}}',1);
INSERT INTO "passes" VALUES(6,'2026-03-11 00:00:00.000000','2026-03-11 00:00:00.000000','complete','["knowledge", "inventory", "catalog", "match", "exposure", "bump", "ticket"]',1,0,'{"counts": {"tags": 3, "tags_changed": 0, "images_new": 1, "catalogued": 1, "trivy_runs": 2, "bytes_pulled": 100, "packages_matched": 4, "matches_added": 1, "matches_removed": 0, "audited": 1, "direct": 0, "episodes_opened": 2, "episodes_closed": 0, "packages_distinct": 4, "registry_requests": 7, "manifest_gets": 0}}',1);
INSERT INTO "passes" VALUES(7,'2026-03-13 00:00:00.000000','2026-03-13 00:00:00.000000','complete','["knowledge", "inventory", "catalog", "match", "exposure", "bump", "ticket"]',1,0,'{"counts": {"tags": 2, "tags_changed": 2, "direct": 0, "trivy_runs": 0, "bytes_pulled": 0, "episodes_opened": 0, "episodes_closed": 3, "packages_distinct": 4, "registry_requests": 6, "manifest_gets": 0}}',1);
CREATE TABLE repositories (
	id INTEGER NOT NULL, 
	registry VARCHAR(128) NOT NULL, 
	path VARCHAR(255) NOT NULL, 
	CONSTRAINT pk_repositories PRIMARY KEY (id), 
	CONSTRAINT uq_repositories_registry_path UNIQUE (registry, path)
);
INSERT INTO "repositories" VALUES(1,'local','api');
INSERT INTO "repositories" VALUES(2,'local','job');
INSERT INTO "repositories" VALUES(3,'local','new');
CREATE TABLE repository_scopes (
	id INTEGER NOT NULL, 
	repository_id INTEGER NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME, 
	opened_in INTEGER NOT NULL, 
	closed_in INTEGER, 
	CONSTRAINT pk_repository_scopes PRIMARY KEY (id), 
	CONSTRAINT fk_repository_scopes_closed_in_passes FOREIGN KEY(closed_in) REFERENCES passes (id), 
	CONSTRAINT fk_repository_scopes_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT fk_repository_scopes_repository_id_repositories FOREIGN KEY(repository_id) REFERENCES repositories (id)
);
INSERT INTO "repository_scopes" VALUES(1,1,'2026-03-01 00:00:00.000000',NULL,1,NULL);
INSERT INTO "repository_scopes" VALUES(2,2,'2026-03-01 00:00:00.000000',NULL,1,NULL);
INSERT INTO "repository_scopes" VALUES(3,3,'2026-03-10 00:00:00.000000',NULL,5,NULL);
CREATE TABLE streams (
	id INTEGER NOT NULL, 
	repository_id INTEGER NOT NULL, 
	"by" VARCHAR(8) NOT NULL, 
	name TEXT NOT NULL, 
	published BOOLEAN NOT NULL, 
	not_covered TEXT, 
	CONSTRAINT pk_streams PRIMARY KEY (id), 
	CONSTRAINT fk_streams_repository_id_repositories FOREIGN KEY(repository_id) REFERENCES repositories (id), 
	CONSTRAINT uq_streams_repository_id_by_name_published UNIQUE (repository_id, "by", name, published)
);
INSERT INTO "streams" VALUES(1,1,'tag','api',1,NULL);
INSERT INTO "streams" VALUES(2,2,'tag','job',1,NULL);
INSERT INTO "streams" VALUES(3,3,'tag','new',1,NULL);
CREATE TABLE tag_intervals (
	id INTEGER NOT NULL, 
	repository_id INTEGER NOT NULL, 
	tag VARCHAR(128) NOT NULL, 
	digest VARCHAR(71) NOT NULL, 
	observed_at DATETIME NOT NULL, 
	previous_at DATETIME, 
	pushed_at DATETIME, 
	gone_at DATETIME, 
	gone_previous_at DATETIME, 
	opened_in INTEGER NOT NULL, 
	closed_in INTEGER, 
	CONSTRAINT pk_tag_intervals PRIMARY KEY (id), 
	CONSTRAINT fk_tag_intervals_closed_in_passes FOREIGN KEY(closed_in) REFERENCES passes (id), 
	CONSTRAINT fk_tag_intervals_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT fk_tag_intervals_repository_id_repositories FOREIGN KEY(repository_id) REFERENCES repositories (id)
);
INSERT INTO "tag_intervals" VALUES(1,1,'api','sha256:9f16bce4b7d25b9267fab45c952ab05813aaa407a9486e4ad135aae8dc9001f2','2026-03-01 00:00:00.000000',NULL,NULL,NULL,NULL,1,3);
INSERT INTO "tag_intervals" VALUES(2,2,'job','sha256:7c1297f401399665795114b0c09c3ba3406c858817ae45faa0a60701272fdf7d','2026-03-01 00:00:00.000000',NULL,NULL,'2026-03-13 00:00:00.000000','2026-03-11 00:00:00.000000',1,7);
INSERT INTO "tag_intervals" VALUES(3,1,'api','sha256:e11c95a652846808396b7f2eb50714fea0b489c46c091dd711ffb1aa1e7831fe','2026-03-06 00:00:00.000000','2026-03-01 00:00:00.000000','2026-03-05 12:00:00.000000',NULL,NULL,3,7);
INSERT INTO "tag_intervals" VALUES(4,3,'new','sha256:e7371945edfaa4b5b1cae45b70e8fee06e20fb675b8d81d9563731ce53aadf6b','2026-03-10 00:00:00.000000',NULL,NULL,NULL,NULL,5,NULL);
INSERT INTO "tag_intervals" VALUES(5,1,'api','sha256:e7371945edfaa4b5b1cae45b70e8fee06e20fb675b8d81d9563731ce53aadf6b','2026-03-13 00:00:00.000000','2026-03-11 00:00:00.000000',NULL,NULL,NULL,7,NULL);
CREATE TABLE ticket_intents (
	id INTEGER NOT NULL, 
	tracker VARCHAR(128) NOT NULL, 
	team TEXT NOT NULL, 
	lineage TEXT NOT NULL, 
	generation INTEGER NOT NULL, 
	step VARCHAR(16) NOT NULL, 
	opened_in INTEGER NOT NULL, 
	closed_in INTEGER, 
	CONSTRAINT pk_ticket_intents PRIMARY KEY (id), 
	CONSTRAINT fk_ticket_intents_closed_in_passes FOREIGN KEY(closed_in) REFERENCES passes (id), 
	CONSTRAINT fk_ticket_intents_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id)
);
CREATE TABLE ticket_texts (
	id INTEGER NOT NULL, 
	ticket_id INTEGER NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	memory JSON NOT NULL, 
	written_at DATETIME NOT NULL, 
	opened_in INTEGER NOT NULL, 
	superseded_in INTEGER, 
	CONSTRAINT pk_ticket_texts PRIMARY KEY (id), 
	CONSTRAINT fk_ticket_texts_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT fk_ticket_texts_superseded_in_passes FOREIGN KEY(superseded_in) REFERENCES passes (id), 
	CONSTRAINT fk_ticket_texts_ticket_id_tickets FOREIGN KEY(ticket_id) REFERENCES tickets (id)
);
CREATE TABLE tickets (
	id INTEGER NOT NULL, 
	tracker VARCHAR(128) NOT NULL, 
	team TEXT NOT NULL, 
	lineage TEXT NOT NULL, 
	generation INTEGER NOT NULL, 
	ticket TEXT NOT NULL, 
	url TEXT, 
	closed_by VARCHAR(16), 
	closed_at DATETIME, 
	opened_in INTEGER NOT NULL, 
	closed_in INTEGER, 
	CONSTRAINT pk_tickets PRIMARY KEY (id), 
	CONSTRAINT fk_tickets_closed_in_passes FOREIGN KEY(closed_in) REFERENCES passes (id), 
	CONSTRAINT fk_tickets_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT uq_tickets_team_lineage_generation UNIQUE (team, lineage, generation)
);
CREATE TABLE unseen_moves (
	id INTEGER NOT NULL, 
	tag_interval_id INTEGER NOT NULL, 
	pushed_at DATETIME NOT NULL, 
	opened_in INTEGER NOT NULL, 
	CONSTRAINT pk_unseen_moves PRIMARY KEY (id), 
	CONSTRAINT fk_unseen_moves_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT fk_unseen_moves_tag_interval_id_tag_intervals FOREIGN KEY(tag_interval_id) REFERENCES tag_intervals (id)
);
CREATE TABLE vulnerabilities (
	id INTEGER NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	title TEXT NOT NULL, 
	published DATETIME, 
	in_db_at DATETIME NOT NULL, 
	published_in INTEGER, 
	opened_in INTEGER NOT NULL, 
	CONSTRAINT pk_vulnerabilities PRIMARY KEY (id), 
	CONSTRAINT fk_vulnerabilities_opened_in_passes FOREIGN KEY(opened_in) REFERENCES passes (id), 
	CONSTRAINT fk_vulnerabilities_published_in_passes FOREIGN KEY(published_in) REFERENCES passes (id), 
	CONSTRAINT uq_vulnerabilities_name UNIQUE (name)
);
INSERT INTO "vulnerabilities" VALUES(1,'V1','','2026-01-30 00:00:00.000000','2026-02-28 00:00:00.000000',1,1);
INSERT INTO "vulnerabilities" VALUES(2,'V3','',NULL,'2026-02-28 00:00:00.000000',NULL,1);
INSERT INTO "vulnerabilities" VALUES(3,'V2','','2026-03-07 00:00:00.000000','2026-03-07 12:00:00.000000',4,4);
INSERT INTO "vulnerabilities" VALUES(4,'V4','',NULL,'2026-03-07 12:00:00.000000',NULL,4);
CREATE TABLE windows (
	id INTEGER NOT NULL, 
	stream_id INTEGER NOT NULL, 
	platform VARCHAR(200) NOT NULL, 
	vulnerability_id INTEGER NOT NULL, 
	CONSTRAINT pk_windows PRIMARY KEY (id), 
	CONSTRAINT fk_windows_stream_id_streams FOREIGN KEY(stream_id) REFERENCES streams (id), 
	CONSTRAINT fk_windows_vulnerability_id_vulnerabilities FOREIGN KEY(vulnerability_id) REFERENCES vulnerabilities (id), 
	CONSTRAINT uq_windows_stream_id_platform_vulnerability_id UNIQUE (stream_id, platform, vulnerability_id)
);
INSERT INTO "windows" VALUES(1,1,'linux/amd64',1);
INSERT INTO "windows" VALUES(2,1,'linux/amd64',2);
INSERT INTO "windows" VALUES(3,2,'linux/amd64',1);
INSERT INTO "windows" VALUES(4,1,'linux/amd64',3);
INSERT INTO "windows" VALUES(5,2,'linux/amd64',4);
INSERT INTO "windows" VALUES(6,3,'linux/amd64',3);
CREATE TABLE workers (
	id INTEGER NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	name TEXT NOT NULL, 
	beat INTEGER NOT NULL, 
	CONSTRAINT pk_workers PRIMARY KEY (id)
);
CREATE INDEX ix_passes_at ON passes (at);
CREATE UNIQUE INDEX ix_bump_plans_current ON bump_plans (team, lineage) WHERE superseded_in IS NULL;
CREATE INDEX ix_bump_plans_opened_in ON bump_plans (opened_in);
CREATE INDEX ix_bump_plans_superseded_in ON bump_plans (superseded_in);
CREATE INDEX ix_coverage_closed_in ON coverage (closed_in);
CREATE UNIQUE INDEX ix_coverage_open ON coverage (stage, subject) WHERE closed_in IS NULL;
CREATE INDEX ix_coverage_opened_in ON coverage (opened_in);
CREATE INDEX ix_failures_closed_in ON failures (closed_in);
CREATE UNIQUE INDEX ix_failures_open ON failures (stage, subject) WHERE closed_in IS NULL;
CREATE INDEX ix_failures_opened_in ON failures (opened_in);
CREATE INDEX ix_images_opened_in ON images (opened_in);
CREATE INDEX ix_java_databases_opened_in ON java_databases (opened_in);
CREATE INDEX ix_knowledge_opened_in ON knowledge (opened_in);
CREATE INDEX ix_manifests_opened_in ON manifests (opened_in);
CREATE INDEX ix_package_sets_opened_in ON package_sets (opened_in);
CREATE INDEX ix_packages_name ON packages (name);
CREATE INDEX ix_packages_opened_in ON packages (opened_in);
CREATE INDEX ix_repository_scopes_closed_in ON repository_scopes (closed_in);
CREATE INDEX ix_repository_scopes_opened_in ON repository_scopes (opened_in);
CREATE INDEX ix_repository_scopes_repository_id ON repository_scopes (repository_id);
CREATE INDEX ix_tag_intervals_closed_in ON tag_intervals (closed_in);
CREATE INDEX ix_tag_intervals_open ON tag_intervals (repository_id) WHERE closed_in IS NULL;
CREATE INDEX ix_tag_intervals_opened_in ON tag_intervals (opened_in);
CREATE INDEX ix_tag_intervals_repository_id_tag ON tag_intervals (repository_id, tag);
CREATE INDEX ix_ticket_intents_closed_in ON ticket_intents (closed_in);
CREATE INDEX ix_ticket_intents_open ON ticket_intents (team, lineage) WHERE closed_in IS NULL;
CREATE INDEX ix_ticket_intents_opened_in ON ticket_intents (opened_in);
CREATE INDEX ix_tickets_closed_in ON tickets (closed_in);
CREATE INDEX ix_tickets_opened_in ON tickets (opened_in);
CREATE INDEX ix_vulnerabilities_opened_in ON vulnerabilities (opened_in);
CREATE INDEX ix_vulnerabilities_published_in ON vulnerabilities (published_in);
CREATE INDEX ix_assessments_closed_in ON assessments (closed_in);
CREATE UNIQUE INDEX ix_assessments_open ON assessments (package_id, vulnerability_id) WHERE closed_in IS NULL;
CREATE INDEX ix_assessments_opened_in ON assessments (opened_in);
CREATE INDEX ix_assessments_package_id_vulnerability_id ON assessments (package_id, vulnerability_id);
CREATE INDEX ix_base_identities_base_image_id ON base_identities (base_image_id);
CREATE INDEX ix_base_identities_image_id ON base_identities (image_id);
CREATE INDEX ix_base_identities_opened_in ON base_identities (opened_in);
CREATE INDEX ix_base_identities_superseded_in ON base_identities (superseded_in);
CREATE INDEX ix_bindings_closed_in ON bindings (closed_in);
CREATE INDEX ix_bindings_image_id ON bindings (image_id);
CREATE INDEX ix_bindings_opened_in ON bindings (opened_in);
CREATE INDEX ix_bindings_stream_id ON bindings (stream_id);
CREATE INDEX ix_bindings_superseded_in ON bindings (superseded_in);
CREATE INDEX ix_context_runs_opened_in ON context_runs (opened_in);
CREATE INDEX ix_manifest_images_image_id ON manifest_images (image_id);
CREATE INDEX ix_manifest_images_manifest_id ON manifest_images (manifest_id);
CREATE INDEX ix_matches_closed_in ON matches (closed_in);
CREATE UNIQUE INDEX ix_matches_open ON matches (package_id, vulnerability_id) WHERE closed_in IS NULL;
CREATE INDEX ix_matches_opened_in ON matches (opened_in);
CREATE INDEX ix_matches_package_id_vulnerability_id ON matches (package_id, vulnerability_id);
CREATE INDEX ix_matches_vulnerability_id ON matches (vulnerability_id);
CREATE INDEX ix_package_coverage_closed_in ON package_coverage (closed_in);
CREATE UNIQUE INDEX ix_package_coverage_open ON package_coverage (package_id) WHERE to_knowledge IS NULL;
CREATE INDEX ix_package_coverage_opened_in ON package_coverage (opened_in);
CREATE INDEX ix_package_coverage_package_id ON package_coverage (package_id);
CREATE INDEX ix_package_set_members_purl ON package_set_members (purl);
CREATE INDEX ix_ticket_texts_opened_in ON ticket_texts (opened_in);
CREATE INDEX ix_ticket_texts_superseded_in ON ticket_texts (superseded_in);
CREATE INDEX ix_ticket_texts_ticket_id ON ticket_texts (ticket_id);
CREATE INDEX ix_unseen_moves_opened_in ON unseen_moves (opened_in);
CREATE INDEX ix_unseen_moves_tag_interval_id ON unseen_moves (tag_interval_id);
CREATE INDEX ix_windows_vulnerability_id ON windows (vulnerability_id);
CREATE INDEX ix_birth_findings_catalogue_id ON birth_findings (catalogue_id);
CREATE INDEX ix_episodes_closed_in ON episodes (closed_in);
CREATE INDEX ix_episodes_open ON episodes (window_id) WHERE end_at IS NULL AND superseded_in IS NULL;
CREATE INDEX ix_episodes_opened_in ON episodes (opened_in);
CREATE INDEX ix_episodes_superseded_in ON episodes (superseded_in);
CREATE INDEX ix_episodes_window_id ON episodes (window_id);
CREATE INDEX ix_jobs_ready ON jobs (stage, id) WHERE state = 'ready' AND worker_id IS NULL;
CREATE INDEX ix_jobs_worker_id ON jobs (worker_id);
CREATE INDEX ix_bindings_ended ON bindings (end_at, image_id) WHERE end_at IS NOT NULL AND superseded_in IS NULL;
CREATE INDEX ix_bindings_open ON bindings (stream_id, image_id) WHERE end_at IS NULL AND superseded_in IS NULL;
CREATE INDEX ix_catalogue_sets_catalogue_id_set_id ON catalogue_sets (catalogue_id, set_id);
CREATE INDEX ix_catalogue_sets_set_id_catalogue_id ON catalogue_sets (set_id, catalogue_id);
CREATE INDEX ix_package_set_members_package_id_set_id ON package_set_members (package_id, set_id);
CREATE INDEX ix_package_set_members_set_id_package_id ON package_set_members (set_id, package_id);
CREATE INDEX ix_audits_catalogue_id ON audits (catalogue_id);
CREATE INDEX ix_audits_opened_in ON audits (opened_in);
CREATE INDEX ix_direct_images_closed_in ON direct_images (closed_in);
CREATE INDEX ix_direct_images_image_id ON direct_images (image_id);
CREATE INDEX ix_direct_images_opened_in ON direct_images (opened_in);
CREATE UNIQUE INDEX ix_direct_images_open ON direct_images (image_id) WHERE closed_in IS NULL;
CREATE INDEX ix_catalogues_opened_in ON catalogues (opened_in);
CREATE INDEX ix_catalogues_pending ON catalogues (image_id) WHERE audit = 'pending';
CREATE INDEX ix_catalogues_image_id ON catalogues (image_id);
COMMIT;
